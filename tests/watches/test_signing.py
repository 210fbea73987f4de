"""Signatures are those of Standard Webhooks."""

import pytest

from kgapi.watches import new_secret, signature, usable_secret


def test_the_example_of_the_specification() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert (
        signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_secrets() -> None:
    assert usable_secret(new_secret())
    assert new_secret() != new_secret()


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_no base64",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_é",
        f"whsec_{'A' * 88}",
    ],
)
def test_what_is_no_secret(secret: str) -> None:
    assert not usable_secret(secret)
