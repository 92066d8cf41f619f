"""The pages on which staff see the figures: the dashboard, and what happened to one answer.

Figures come from `metrics.queries`, single answers from `metrics.sightings`; here is decided how they are told. Shows
no word of any conversation. The modules, each of which imports only those below it:

    views                       the doors: staff alone
    board inspector             a page's whole content, read and put together
    verdicts tiles charts rows  its parts, from figures to words. Pure
    asked waterfall sparks      what was asked for; drawings. Pure
    words                       a figure in words. Pure
"""
