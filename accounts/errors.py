"""What cannot be done with accounts and keys. Input that is merely wrong is Django's `ValidationError`, by field.

AccountError
├── AlreadySetUp             the first account exists: there is nothing to set up
├── NotAMember               the person does not belong to the organisation
├── StaffOnly                a staff key for somebody who is not staff
├── AccountInactive          the account is switched off
└── TooManyAttempts          sign-in is refused for `retry_after` seconds
"""


class AccountError(Exception):
    """`str(error)` is a sentence for a person that says what to do."""


class AlreadySetUp(AccountError):
    def __init__(self) -> None:
        super().__init__("This site already has an account. Sign in instead.")


class NotAMember(AccountError):
    pass


class StaffOnly(AccountError):
    pass


class AccountInactive(AccountError):
    pass


class TooManyAttempts(AccountError):
    """`retry_after` is in whole seconds, at least 1."""

    def __init__(self, retry_after: int) -> None:
        minutes = -(-retry_after // 60)
        wait = "in a minute" if minutes == 1 else f"in {minutes} minutes"
        super().__init__(f"Too many attempts to sign in as this person. Try again {wait}.")
        self.retry_after = retry_after
