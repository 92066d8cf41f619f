"""Telling people outside when something is wrong for a while, once, and when it is well again, once.

What is looked at once a minute, by one of all processes (`metrics.upkeep`): the targets, the breakers of deployments,
the budgets. A row of `Alert` is one trouble from its beginning to its end; a row of `Delivery` one message to one
address. Both change by conditional updates alone, so that two processes that look at once tell once. The modules, each
of which imports only those below it:

    admin                   staff's pages: what was told, where to, when
    forms minute            what staff type; a minute's work
    outbox                  messages: sent once, tried again, given up in words
    senders                 one message on its way: mail, webhook. No rows
    incidents watch         troubles: begun, told, ended; what was seen at this moment
    messages                what it says. Reads no rows of its own accord
    models                  rows
    findings                what a look sees. Pure
"""
