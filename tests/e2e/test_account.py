"""The account's page in a browser."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenTab
from tests.e2e.site import EMAIL, PASSWORD

pytestmark = pytest.mark.browser


def test_a_new_key_is_shown_once_and_copied(open_tab: OpenTab) -> None:
    page = open_tab("/accounts/").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Name").fill("notebook")
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#new-key").text_content()
    assert secret
    page.wait_for_load_state()  # the script that copies is there
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == secret
    page.goto("/accounts/")
    expect(page.get_by_role("cell", name="notebook", exact=True)).to_be_visible()
    expect(page.get_by_text(secret)).to_have_count(0)
    page.get_by_role("button", name="Revoke the key notebook").click()
    expect(page.get_by_role("cell", name="notebook", exact=True)).to_have_count(0)


def test_signing_out_and_in_again(open_tab: OpenTab) -> None:
    tab = open_tab("/")
    tab.page.context.clear_cookies()  # a session of its own: signing out must not end that of the other tests
    tab.open("/accounts/")
    expect(tab.page).to_have_title("Sign in · chatsite")
    tab.page.get_by_label("E-mail").fill(EMAIL)
    tab.page.get_by_label("Password").fill("wrong")
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("alert")).to_be_visible()
    tab.page.get_by_label("Password").fill(PASSWORD)
    tab.page.keyboard.press("Enter")
    expect(tab.page).to_have_title("Your account · chatsite")
    tab.page.goto("/")
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page).to_have_title("Sign in · chatsite")
    tab.page.goto("/")
    expect(tab.page).to_have_title("Sign in · chatsite")
    tab.forget_problems()
