"""What is asked of a model, whichever it will be: makes the request for a target. Values only; knows no row's table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from providers.dispatch.targets import Target
from providers.types import ChatRequest
from providers.types import Message as Turn
from threads.generation import context
from threads.generation.prompts import Prompt
from threads.models import Message


@dataclass(frozen=True, slots=True)
class Asking:
    """Of a conversation goes out as much as the target's window holds, and `prefix`, the beginning of the answer that
    it is to go on from. `question` is its last message, `previous` the model of its last answer."""

    turns: tuple[Turn, ...]
    stream: bool
    question: str = ""
    previous: str = ""
    needs: frozenset[str] = frozenset()
    fitted = True  # to the window of whichever model is asked

    @property
    def prompt_tokens(self) -> int:
        return context.estimate_tokens(sum(len(turn.content) for turn in self.turns))

    def __call__(self, target: Target, prefix: str) -> ChatRequest:
        messages = context.fit(list(self.turns), target.context_tokens)
        if prefix:
            messages = (*messages, Turn("assistant", prefix))
        return ChatRequest(
            model=target.upstream,
            messages=messages,
            stream=self.stream,
            search=target.searches,
            keep_alive=target.keep_alive,
        )


@dataclass(frozen=True, slots=True)
class Prompting:
    """The same for what a program asks: its messages go out as they are, whatever the window holds."""

    prompt: Prompt
    stream: bool
    previous = ""
    fitted = False

    @property
    def question(self) -> str:
        return self.prompt.question

    @property
    def needs(self) -> frozenset[str]:
        return self.prompt.needs

    @property
    def prompt_tokens(self) -> int:
        return context.estimate_tokens(sum(len(message.content) for message in self.prompt.messages))

    def __call__(self, target: Target, prefix: str) -> ChatRequest:
        prompt = self.prompt
        return ChatRequest(
            model=target.upstream,
            messages=prompt.with_prefix(prefix),
            stream=self.stream,
            max_output_tokens=prompt.max_output_tokens,
            temperature=prompt.temperature,
            tools=prompt.tools,
            search=target.searches,
            keep_alive=target.keep_alive,
        )


Ask = Asking | Prompting


def asking(history: Sequence[Message]) -> Asking:
    """From the branch that ends with the question."""
    question = history[-1].text if history else ""
    return Asking(tuple(context.turns(history)), settings.STREAMING, question, context.previous_model(history))


def prompting(prompt: Prompt) -> Prompting:
    return Prompting(prompt, settings.STREAMING)
