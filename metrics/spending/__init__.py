"""The pages on which costs are seen: all of them by staff, one's own by everybody.

What was spent comes from `metrics.costs`; here is decided how it is told. Staff see no word of any conversation, and
nobody sees anything of another's. The modules, each of which imports only those below it:

    views                       the doors
    board                       a page's whole content, read and put together
    table tiles chart choices budgets   its parts, from sums to words. Pure
    lines                       what a line is called, and leads to. Pure
    asked words                 what was asked for; costs in words. Pure
"""
