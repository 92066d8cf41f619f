"""Static files: how they are named and how they are served. whitenoise does the work; two habits are changed."""

from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = r"""(?P<matched>import(?P<import>[\s\{].*?|\*\s*as\s*\w+)\s*from\s*['"](?P<url>[./].*?)["']\s*;)"""


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Our scripts import each other under hashed names too, so that a deploy never mixes their versions.

    Django's own switch for this looks into every package's scripts and stumbles over what only resembles an import.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", ((_IMPORT, 'import%(import)s from "%(url)s";'),)))


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Answers in one piece: an asynchronous server can only read whitenoise's responses whole anyway, with a warning,
    and these files are small. Asynchronous itself, so that what waits behind it (an answer, say) holds no thread."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Any, *options: Any) -> None:
        super().__init__(get_response, *options)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self.__acall__(request)
        return super().__call__(request)

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        find = self.find_file if self.autorefresh else self.files.get
        found = await sync_to_async(find)(request.path_info) if self.autorefresh else find(request.path_info)
        if found is not None:
            return await sync_to_async(self.serve)(found, request)
        response: HttpResponseBase = await self.get_response(request)
        return response

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content: Any = b""
        if found.file is not None:
            with found.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]  # the file's own headers say it
        for name, value in found.headers:
            response[name] = value
        return response
