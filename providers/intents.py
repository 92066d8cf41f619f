"""What a message may want, as data: the intents a route can be made for.

How a message is read is `providers.dispatch.intents`' affair. What fits none of these has no intent.
"""

# name -> what the message is, in words that go on "the message is …"
INTENTS: dict[str, str] = {
    "lookup": "about something recent or to be looked up",
    "creative": "creative writing",
    "code": "about code",
    "reasoning": "a matter of reasoning",
    "simple": "short and simple",
}
