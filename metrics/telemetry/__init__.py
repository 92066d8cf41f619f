"""OpenTelemetry: a trace for each answer, histograms of its calls, sent to a collector by OTLP over HTTP.

Made from the rows of answers that have ended, some seconds afterwards, with the times the rows have. So nothing is
measured a second time and nothing happens while an answer is written; and since rows are all there is to it, an answer
whose process died is told like any other. No word of a conversation is read here, nor who asked.

One of all processes does it: whose turn it is and how far it has come stand in the one row of `models.Telemetry`
(`turn`). The process that ended an answer could send it sooner, but what it had not sent would be lost with it, every
way in which answers end would have to say so, and an answer that was taken over would have two processes to tell of it.
With the row a collector that is away costs neither memory nor answers: what it did not take is read again.

What is sent twice, because a process died between sending and writing that down, has the same ids (`drawing`), so that
it is the same trace. Histograms are fed after it was written down: they miss an answer rather than count it twice.

The modules, each of which imports only those below it:

    exporter          the thread, once a process
    sending turn      OpenTelemetry's SDK, the only module that imports it; the row
    reading           answers, calls and where providers are, as stored
    drawing wanted    what is told of them, under which names, pure; what the environment asks for
"""
