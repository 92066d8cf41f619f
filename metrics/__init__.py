"""Figures: how fast and how safely answers come, who is to blame when they do not, and what they cost.

Everything is read from the rows of generations and attempts (`threads.models`); nothing is measured twice. What each
figure is, its unit and its source stand in docs/metrics.md.

Which function gives which figures. All of them are in `metrics.queries`, read the database (call them on a database
thread: `await threads.database.read(queries.series, …)`) and return the frozen values of `metrics.figures`:

    performance(filters, last_n=100)          -> Performance   the contract of GET /api/metrics/performance,
    performance(filters, window=Window(a, b))                  with its verdicts on the targets
    totals(filters, window)                   -> Totals        .answers (Figures of generations), .calls (of attempts),
                                                               .by_provider, .by_model, .by_deployment (of attempts);
                                                               for the period before: totals(filters, window.before())
    answers(filters, window)                  -> Figures       totals().answers, and quicker
    overview(filters, window)                 -> (Totals, Series)  both in one read, with what the dashboard shows
    series(filters, window, bucket=None)      -> Series        .points, each with .start, .answers, .calls; .bucket in
                                                               seconds, chosen where None; .by_provider and .by_model
                                                               have the points of each one's calls (for sparklines)
    breakdown(filters, window, by)            -> dict          key -> Figures of attempts; `by`: provider, model,
                                                               deployment, organization, user (ids), day
    top_errors(filters, window, limit=20)     -> [ErrorLine]   kinds of failed calls, the most frequent first
    now(filters)                              -> Present       running, queued, age of the oldest in the queue
    headline()                                -> Headline      what /health says: ok or degraded, and why

`Filters(user=, organization=, provider=, model=)` narrows; ids, and names; None or "" for all. `Window(start, end)` is
half open; `Window.last(timedelta(hours=1))` ends now. An answer belongs to the moment when it ended, and its calls with
it. With a provider or model, answers are those it gave, calls those it was asked.

A `Figures` is the same for answers and for calls: count, completed, cancelled, failed, error_rate, errors (kind ->
number), statuses; the `Spread`s (p50, p95, p99, mean, count; seconds) ttft, latency, cancel, queue, connect, tpot, gap,
and speed (tokens per second); retries, fallbacks, hedges, hedges_won, takeovers; tokens (`Tokens`), cost_usd, spent
((kind, state) of a call -> USD) and wasted_usd. None, never 0, is what was not measured.

`metrics.targets.current()` are the targets as staff set them. `rollups` keeps the minutes, hours and days that make
ranges fast, `upkeep` brings them up to date once a minute in one of all processes, and has `alerts` look what is wrong.

The modules, each of which imports only those below it:

    urls                                 the addresses of staff's pages, and of everybody's own usage
    spending                             the pages of costs
    api views dashboard exposition management   doors: JSON and CSV, /health, /metrics, staff's pages, commands
    upkeep telemetry                     the only background work: sums; what OpenTelemetry is told
    alerts                               what is wrong for a while, told outside: an app of its own
    costs                                what was spent, by one property, and a month's forecast
    queries sightings thread_costs       the only reads: of figures, of single answers, of what chats cost
    rollups targets                      minutes, hours and days; targets
    minutes stored counting rows         which minutes are kept; sums read back; rows counted; rows of threads
    models
    figures tally histogram spans names percentiles scrapers forecast sums   pure
"""
