"""Lists as people have them."""

HEADER = "id,first name,last name,phone,e-mail,zip,date,sms_consent,consent_evidence,notes"


def row(number: int, **changes: str) -> str:
    """One row with a proven permission, in the order of HEADER."""
    values = {
        "id": f"r{number}",
        "first": "Zephyrine",
        "last": f"Nr {number}",
        "phone": f"+1303{5550100 + number % 100 if number < 100 else 5560000 + number}",
        "email": f"z{number}@example.com",
        "zip": "80202",
        "date": "11/20/2026 6:05 PM",
        "consent": "informational",
        "evidence": f"paper/{number}",
        "notes": "",
    } | changes
    return ",".join(values.values())


def a_list(*rows: str) -> str:
    """A whole file."""
    return "\n".join((HEADER, *rows)) + "\n"
