"""Renaming and deleting a conversation: a page of its own without a script, JSON for the page's dialogs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from threads import access, database
from threads.generation import runtime, service
from threads.generation.errors import Refused
from threads.services import threads
from threads.views.entrance import page, refusal, signed_in, wants_json


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def rename(request: HttpRequest, user: User, thread_id: UUID) -> HttpResponseBase:
    thread = await database.read(access.thread_write, user, thread_id)
    if request.method != "POST":
        return await page(request, "threads/rename.html", {"thread": thread, "title": str(thread)})
    try:
        title = (await database.write(threads.rename, thread=thread, title=request.POST.get("title", ""))).title
    except Refused as refused:
        if wants_json(request):
            return refusal(refused)
        context = {"thread": thread, "title": "", "refusal": refused.message}
        return await page(request, "threads/rename.html", context, status=refused.status)
    runtime.current().hub.publish(f"user:{user.pk}", str(thread_id))  # every tab shows the new title
    if wants_json(request):
        return JsonResponse({"title": title})
    return HttpResponseRedirect(reverse("threads:thread", args=[thread.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def delete(request: HttpRequest, user: User, thread_id: UUID) -> HttpResponseBase:
    thread = await database.read(access.thread_write, user, thread_id)
    if request.method != "POST":
        return await page(request, "threads/delete.html", {"thread": thread})
    title = str(thread)
    await service.delete_thread(user=user, thread_id=thread_id)
    if wants_json(request):
        return JsonResponse({"deleted": str(thread_id)})
    messages.success(request, f"“{title}” was deleted.")
    return HttpResponseRedirect(reverse("threads:home"), status=303)
