"""The engine. `service` is its only door for those who write; `tail` for those who read.

    service   start, cancel, retry: the rows of a new answer in one transaction, then a wake-up
    worker    claims what is queued or abandoned, up to this process's limit; keeps the leases
    lease     the conditional updates by which exactly one worker owns a generation
    runner    one generation: builds the request, reads the provider, appends to the log, ends it
    context   which messages are sent to the model
    log       the event log: group commit with fencing; reading it back
    fold      log -> answer, purely
    tail      a reader's cursor: subscribe, read the log, apply what comes
    wakeup    hints between tasks and processes; they may be lost
    runtime   the objects of one process, started with its event loop

Readers never generate, the runner never serves a reader: between them stands the log alone.
"""
