"""Before the first account exists, every page leads to `/setup/`. Knows nothing of what the pages are."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware

from accounts.models import User

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/health", "/metrics"})  # for machines that watch the site
API_PREFIXES = ("/api/", "/v1/")


class AccountExists:
    """Whether the site has an account. Once it has, the process remembers and never asks the database again."""

    def __init__(self) -> None:
        self.known = False

    def ask(self) -> bool:
        self.known = self.known or User.objects.exists()
        return self.known

    async def aask(self) -> bool:
        self.known = self.known or await User.objects.aexists()
        return self.known

    def forget(self) -> None:
        """Ask again at the next request (tests empty the database)."""
        self.known = False


account_exists = AccountExists()


@sync_and_async_middleware
def first_run(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):
        answer_later = cast("Callable[[HttpRequest], Awaitable[HttpResponseBase]]", get_response)

        async def async_middleware(request: HttpRequest) -> HttpResponseBase:
            if account_exists.known or _is_open(request) or await account_exists.aask():
                return await answer_later(request)
            return _set_up_first(request)

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if account_exists.known or _is_open(request) or account_exists.ask():
            return cast("HttpResponseBase", get_response(request))
        return _set_up_first(request)

    return middleware


def _is_open(request: HttpRequest) -> bool:
    path = request.path_info
    return path in OPEN_PATHS or request.path == reverse("setup") or request.path.startswith(str(settings.STATIC_URL))


def _set_up_first(request: HttpRequest) -> HttpResponseBase:
    if not request.path_info.startswith(API_PREFIXES):
        return redirect("setup")
    message = f"This site has no account yet. Open {reverse('setup')} in a browser to make the first one."
    return JsonResponse({"error": {"type": "setup_required", "message": message}}, status=503)
