"""What formats are called for people."""

from __future__ import annotations

from functools import cache


@cache
def _labels() -> dict[str, str]:
    from flowmap import sources  # every reader is loaded: only when somebody asks

    plain = sources.LABELS
    return {form.NAME: getattr(form, "LABEL", None) or plain.get(form.NAME, form.NAME) for form in sources.FORMATS}


def label(name: str) -> str:
    """The format's name for people, such as "Ofsted Annex A"; an unknown one as it is."""
    return _labels().get(name, name)
