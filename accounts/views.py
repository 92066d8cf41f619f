"""The pages of accounts: set up, sign in and out, password, API keys. Each takes a form, calls one service, renders."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, limits, services
from accounts.errors import AccountError, AlreadySetUp, TooManyAttempts
from accounts.forms import ApiKeyForm, PasswordForm, SetupForm, SignInForm, focus
from accounts.models import ApiKey, User

WRONG = 422  # a form that cannot be taken; browsers then do not offer to remember the password
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@sensitive_post_parameters()
@get_or_post
def set_up(request: HttpRequest) -> HttpResponse:
    """Make the first account and sign in. Once an account exists this page leads to the sign-in."""
    if User.objects.exists():
        return redirect("accounts:login")
    form = SetupForm(_sent(request))
    if not form.is_valid():
        return _form_page(request, "setup.html", form)
    values = form.cleaned_data
    try:
        user = services.create_first_account(email=values["email"], password=values["password"])
    except AlreadySetUp as error:
        messages.info(request, str(error))
        return redirect("accounts:login")
    except ValidationError as error:
        form.add_error(None, error)
        return _form_page(request, "setup.html", form)
    login(request, user)
    return redirect(settings.LOGIN_REDIRECT_URL)


@never_cache
@sensitive_post_parameters("password")
@get_or_post
def sign_in(request: HttpRequest) -> HttpResponse:
    goal = _safe_next(request)
    if request.user.is_authenticated:
        return _onward(goal)
    form = SignInForm(_sent(request))
    if not form.is_valid():
        return _form_page(request, "accounts/login.html", form, next=goal)
    try:
        user = limits.sign_in(request, email=form.cleaned_data["email"], password=form.cleaned_data["password"])
    except TooManyAttempts as error:
        form.add_error(None, str(error))
        response = _form_page(request, "accounts/login.html", form, status=429, next=goal)
        response["Retry-After"] = str(error.retry_after)
        return response
    if user is None:  # one answer, whether the e-mail is unknown, the password wrong or the account switched off
        form.add_error(None, "The e-mail or the password is not right. Check both and try again.")
        return _form_page(request, "accounts/login.html", form, next=goal)
    login(request, user)
    return _onward(goal)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL or settings.LOGIN_URL)


@never_cache
@login_required
@sensitive_post_parameters()
@get_or_post
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password. This session stays signed in, all others of the person end."""
    form = PasswordForm(_sent(request))
    if form.is_valid():
        try:
            services.change_password(
                user=_person(request), old=form.cleaned_data["old_password"], new=form.cleaned_data["password"]
            )
        except ValidationError as error:
            form.add_error(None, error)
    if not form.is_valid():
        return _form_page(request, "accounts/password.html", form)
    update_session_auth_hash(request, _person(request))
    messages.success(request, "Your password is changed. Other browsers must sign in again.")
    return redirect("accounts:home")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def home(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    return _account_page(request, ApiKeyForm(user, access.default_organization(user)))


@never_cache
@login_required
@require_POST
def create_key(request: HttpRequest) -> HttpResponse:
    """Make a key and show its secret in this answer alone; it is kept nowhere, so there is nothing to redirect to."""
    user = _person(request)
    own = access.default_organization(user)
    form = ApiKeyForm(user, own, request.POST)
    if not form.is_valid():
        return _account_page(request, form, status=WRONG)
    values, lifetime = form.cleaned_data, form.chosen_lifetime
    try:
        key, secret = services.create_api_key(
            user=user,
            organization=form.chosen_organization,
            name=values["name"],
            staff=values.get("staff", False),
            expires_at=timezone.now() + lifetime if lifetime else None,
        )
    except AccountError as error:
        form.add_error(None, str(error))
        return _account_page(request, form, status=WRONG)
    return _account_page(request, ApiKeyForm(user, own), new_key=key, secret=secret)


@never_cache
@login_required
@require_POST
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=key_id, user=_person(request))
    services.revoke_api_key(key=key)
    messages.success(request, f"The key {key.name} is revoked. Programs that use it are refused from now on.")
    return redirect("accounts:home")


def _person(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise TypeError("This view needs @login_required.")
    return user


def _safe_next(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of this site, else ""."""
    goal = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(goal, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return goal if safe else ""


def _onward(goal: str) -> HttpResponse:
    return HttpResponseRedirect(goal or resolve_url(settings.LOGIN_REDIRECT_URL))


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form_page(
    request: HttpRequest, template: str, form: forms.Form, *, status: int | None = None, **context: Any
) -> HttpResponse:
    focus(form)
    wrong = WRONG if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status or wrong)


def _account_page(request: HttpRequest, form: ApiKeyForm, *, status: int = 200, **context: Any) -> HttpResponse:
    user = _person(request)
    keys = user.api_keys.filter(revoked_at=None).select_related("organization")
    memberships = user.memberships.select_related("organization")
    context |= {"form": form, "keys": keys, "memberships": memberships, "now": timezone.now()}
    return render(request, "accounts/home.html", context, status=status)
