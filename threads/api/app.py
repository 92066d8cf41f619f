"""The API as a whole: its sign-in, its errors, its routers. `/api/docs` and `/api/openapi.json` come from here.

What OpenAI's clients call is an API of its own below `/v1`, because its errors look as they expect.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from threads.api import errors, gateway_errors
from threads.api.actor import SignIn
from threads.api.chat import router as chat
from threads.api.errors import Say
from threads.api.gateway import router as gateway_router
from threads.api.generations import router as generations
from threads.api.router import router as choosing
from threads.api.team import router as team
from threads.api.threads import router as threads

View = Callable[..., Coroutine[Any, Any, HttpResponse]]


class Api(NinjaAPI):
    """Ninja's, with words in JSON also where no call answers: an unknown path, a method that a path does not have.

    `say` gives errors their form; the documentation tells of the calls of `beside`, too.
    """

    def __init__(self, *, say: Say = errors.error, beside: NinjaAPI | None = None, **options: Any) -> None:
        super().__init__(auth=SignIn(), docs_decorator=staff_member_required, **options)
        self._say, self._beside = say, beside
        errors.install(self, say)

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and iscoroutinefunction(pattern.callback):
                pattern.callback = self._with_words(pattern.callback)
        return [*patterns, path("<path:rest>", csrf_exempt(self._nowhere))], app_name, namespace

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        if self._beside is not None:
            other = self._beside.get_openapi_schema()
            schema["paths"].update(other["paths"])
            schema["components"]["schemas"].update(other["components"]["schemas"])
        return schema

    def _with_words(self, view: View) -> View:
        async def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
            response = await view(request, **arguments)
            if not isinstance(response, HttpResponseNotAllowed):
                return response
            words = f"{request.method} does nothing here; use {response['Allow']}."
            refusal = self._say(405, "method_not_allowed", words)
            refusal["Allow"] = response["Allow"]
            return refusal

        return csrf_exempt(answer)  # `SignIn` asks for the token, where it was a session that came

    async def _nowhere(self, request: HttpRequest, **_: str) -> HttpResponse:
        return self._say(404, "not_found", "There is no such call. The documentation lists those there are.")


gateway = Api(title="chatsite for OpenAI's clients", urls_namespace="v1", openapi_url=None, say=gateway_errors.say)
gateway.add_router("", gateway_router)

api = Api(
    title="chatsite",
    version="1",
    description="Threads, messages and their answers. Answers stream as server-sent events and can be resumed.",
    beside=gateway,
)
for part in (threads, generations, chat, choosing, team):
    api.add_router("", part)
