"""What the vendor's client got from a simulated array, as the drivers beside look at it."""


def done(response):
    if response.status_code != 200:
        raise AssertionError([error.message for error in response.errors])


def items(response):
    """Items of a valid answer; the client's own models have then accepted them."""
    done(response)
    return list(response.items)


def refusal(response):
    if response.status_code == 200:
        raise AssertionError("was not refused")
    return {"status": response.status_code, "message": response.errors[0].message}
