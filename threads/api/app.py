"""The API as a whole: its sign-in, its errors, its routers. `/api/docs` and `/api/openapi.json` come from here."""

from collections.abc import Callable, Coroutine
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from threads.api import errors
from threads.api.actor import SignIn
from threads.api.generations import router as generations
from threads.api.threads import router as threads

View = Callable[..., Coroutine[Any, Any, HttpResponse]]


class Api(NinjaAPI):
    """Ninja's, with words in JSON also where no call answers: an unknown path, a method that a path does not have."""

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and iscoroutinefunction(pattern.callback):
                pattern.callback = _with_words(pattern.callback)
        return [*patterns, path("<path:rest>", _nowhere)], app_name, namespace


def _with_words(view: View) -> View:
    async def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
        response = await view(request, **arguments)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        words = f"{request.method} does nothing here; use {response['Allow']}."
        refusal = errors.error(405, "method_not_allowed", words)
        refusal["Allow"] = response["Allow"]
        return refusal

    return csrf_exempt(answer)  # `SignIn` asks for the token, where it was a session that came


@csrf_exempt
async def _nowhere(request: HttpRequest, **_: str) -> HttpResponse:
    return errors.error(404, "not_found", "There is no such call. The documentation lists those there are.")


api = Api(
    title="chatsite",
    version="1",
    description="Threads, messages and their answers. Answers stream as server-sent events and can be resumed.",
    auth=SignIn(),
    docs_decorator=staff_member_required,
)
errors.install(api)
api.add_router("", threads)
api.add_router("", generations)
