"""Case records as the tables of the Standard Safeguarding Dataset: a CSV a table, or a database.

Every table that flowmap reads is written with every column of the standard; columns of which case records know nothing
(names, workers, postcodes, identifiers of other services) are there and blank.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from flowmap.casework.kinds import empty
from flowmap.export.ssd_care import episodes, latest, within
from flowmap.sources.ssd.map import built_in

Tables = Mapping[str, pa.Table]
DATE_FORMAT = "%Y-%m-%d %H:%M:%S"
PORTION = 20_000

# The flags of outcome JSON, all of which the standard wants there "regardless of data presence".
CONTACT = (
    "NEW_REFERRAL_FLAG EXISTING_REFERRAL_FLAG CP_ENQUIRY_FLAG NFA_FLAG NON_AGENCY_ADOPTION_FLAG "
    "PRIVATE_FOSTERING_FLAG ADVICE_FLAG MISSING_FLAG OLA_CP_FLAG OTHER_OUTCOMES_EXIST_FLAG"
)
REFERRAL = (
    "SINGLE_ASSESSMENT_FLAG NFA_FLAG STRATEGY_DISCUSSION_FLAG CLA_REQUEST_FLAG NON_AGENCY_ADOPTION_FLAG "
    "PRIVATE_FOSTERING_FLAG CP_TRANSFER_IN_FLAG CP_CONFERENCE_FLAG CARE_LEAVER_FLAG OTHER_OUTCOMES_EXIST_FLAG"
)
ASSESSMENT = (
    "NFA_FLAG NFA_S47_END_FLAG STRATEGY_DISCUSSION_FLAG CLA_REQUEST_FLAG PRIVATE_FOSTERING_FLAG LEGAL_ACTION_FLAG "
    "PROV_OF_SERVICES_FLAG PROV_OF_SB_CARE_FLAG SPECIALIST_ASSESSMENT_FLAG REFERRAL_TO_OTHER_AGENCY_FLAG "
    "OTHER_ACTIONS_FLAG OTHER_OUTCOMES_EXIST_FLAG"
)
S47 = (
    "NFA_FLAG LEGAL_ACTION_FLAG PROV_OF_SERVICES_FLAG PROV_OF_SB_CARE_FLAG CP_CONFERENCE_FLAG "
    "NFA_CONTINUE_SINGLE_FLAG MONITOR_FLAG OTHER_OUTCOMES_EXIST_FLAG"
)
ICPC = (
    "NFA_FLAG REFERRAL_TO_OTHER_AGENCY_FLAG SINGLE_ASSESSMENT_FLAG PROV_OF_SERVICES_FLAG CP_FLAG "
    "OTHER_OUTCOMES_EXIST_FLAG"
)
CATEGORIES = {
    "NEG": "Neglect",
    "PHY": "Physical abuse",
    "SAB": "Sexual abuse",
    "EMO": "Emotional abuse",
    "MUL": "Multiple",
}
EARLY_HELP_ENDS = {"closed": "Outcomes met", "referral": "Step-up to social care", "other": "Other"}


def write(tables: Tables, folder: Path, as_of: int) -> list[Path]:  # noqa: ARG001 - the tables end there already
    """Write one CSV a table into `folder` (made if need be): UTF-8, dates as 2024-01-31 00:00:00. Gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, frame in frames(tables).items():
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False, date_format=DATE_FORMAT, lineterminator="\r\n")
        files.append(path)
    return files


def write_database(tables: Tables, url: str, schema: str | None = None) -> None:
    """Make the tables in a database and fill them (for tests and for trying things out; existing ones are replaced)."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for name, frame in frames(tables).items():
            columns = [sa.Column(c, sa.DateTime() if _is_date(c) else sa.Unicode()) for c in frame.columns]
            table = sa.Table(name, sa.MetaData(schema=schema), *columns)
            table.drop(connection, checkfirst=True)
            table.create(connection)
            for start in range(0, len(frame), PORTION):
                part = frame.iloc[start : start + PORTION].astype(object)
                rows = part.where(part.notna(), None).to_dict("records")
                connection.execute(table.insert(), rows)  # type: ignore[arg-type]
    engine.dispose()


def _is_date(column: str) -> bool:
    return column.endswith(("_date", "_dob", "_review_due", "_latest_contact"))


def frames(tables: Tables) -> dict[str, pd.DataFrame]:
    """The tables of the standard, each with all its columns, in its order."""
    held = {kind: tables[kind] if kind in tables else empty(kind) for kind in NEEDED}
    data = {kind: table.drop_columns(["place"]).to_pandas() for kind, table in held.items()}
    _identify(data)
    made = {}
    for name, make in MAKERS.items():
        columns = make(data)
        size = len(next(iter(columns.values())))
        frame = pd.DataFrame({c: columns.get(c, pd.Series([None] * size)) for c in built_in().tables[name].standard})
        made[name] = frame
    return made


def _identify(data: dict[str, pd.DataFrame]) -> None:
    """Give every record an id that no other of its table has, and what belongs to a referral its referral."""
    for kind, frame in data.items():
        if "ref" not in frame:
            continue
        new = frame["ref"].isna() | frame["ref"].duplicated()
        frame["ref"] = frame["ref"].where(~new, [f"{kind}-{n}" for n in range(1, len(frame) + 1)])
    for kind, when in (("assessment", "start"), ("s47", "start"), ("icpc", "date"), ("cin_plan", "start")):
        _join(data[kind], "referral", when, data["referral"], "date")
    for kind in ("cp_plan", "care"):
        _join(data[kind], "referral", "start", data["referral"], "date")
    data["icpc"]["s47"] = None
    _join(data["icpc"], "s47", "date", data["s47"], "start")
    data["cp_plan"]["icpc"] = None
    _join(data["cp_plan"], "icpc", "start", data["icpc"], "date")


def _join(frame: pd.DataFrame, key: str, when: str, other: pd.DataFrame, other_when: str) -> None:
    """Where a record does not say to which other it belongs: the child's latest one not after it."""
    if frame.empty or other.empty or frame[key].notna().all():
        return
    found = latest(frame[["child", when]], when, other[["child", other_when, "ref"]], other_when)
    frame[key] = frame[key].where(frame[key].notna(), found["ref"].to_numpy())


def _flag(values: pd.Series, yes: str = "Y", no: str = "N") -> pd.Series:
    """A flag as a character; blank where it is not known."""
    return values.map({True: yes, False: no})


def _json(flags: str, on: pd.Series) -> pd.Series:
    """Outcome JSON: every flag of the standard, the one named in `on` set; blank where none is."""
    names = flags.split()
    texts = {flag: json.dumps({n: "Y" if n == flag else "N" for n in names}) for flag in names}
    return on.map(texts)


def _person(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    p = data["person"]
    return {
        "pers_person_id": p["child"],
        "pers_sex": p["sex"],
        "pers_ethnicity": p["ethnicity"],
        "pers_dob": p["birth"],
        "pers_death_date": p["died"],
    }


def _family(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    p = data["person"].dropna(subset="family").reset_index(drop=True)
    return {"fami_table_id": _numbers(p, "fam"), "fami_family_id": p["family"], "fami_person_id": p["child"]}


def _disability(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    p = data["person"].dropna(subset="disability").reset_index(drop=True)
    code = _flag(p["disability"], "DDA", "NONE")
    return {"disa_person_id": p["child"], "disa_table_id": _numbers(p, "dis"), "disa_disability_code": code}


def _care_leavers(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    p = data["person"].dropna(subset="care_leaver").reset_index(drop=True)
    return {
        "clea_table_id": _numbers(p, "clea"),
        "clea_person_id": p["child"],
        "clea_care_leaver_eligibility": p["care_leaver"],
    }


def _numbers(frame: pd.DataFrame, prefix: str) -> list[str]:
    return [f"{prefix}-{n}" for n in range(1, len(frame) + 1)]


def _contacts(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    c = data["contact"]
    other = dict.fromkeys(("other", "early_help"), "OTHER_OUTCOMES_EXIST_FLAG")
    on = c["outcome"].map({"referral": "NEW_REFERRAL_FLAG", "nfa": "NFA_FLAG", **other})
    return {
        "cont_contact_id": c["ref"],
        "cont_person_id": c["child"],
        "cont_contact_date": c["date"],
        "cont_contact_source_code": c["source"],
        "cont_contact_outcome_json": _json(CONTACT, on),
    }


def _early_help(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    e = data["early_help"]
    return {
        "earl_episode_id": e["ref"],
        "earl_person_id": e["child"],
        "earl_episode_start_date": e["start"],
        "earl_episode_end_date": e["end"],
        "earl_episode_end_reason": e["reason"].map(EARLY_HELP_ENDS).fillna(e["reason"]),
    }


def _referrals(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    r = data["referral"]
    return {
        "cine_referral_id": r["ref"],
        "cine_person_id": r["child"],
        "cine_referral_date": r["date"],
        "cine_cin_primary_need_code": r["need"],
        "cine_referral_source_code": r["source"],
        "cine_referral_outcome_json": _json(REFERRAL, _flag(r["nfa"], "NFA_FLAG", "SINGLE_ASSESSMENT_FLAG")),
        "cine_referral_nfa": _flag(r["nfa"]),
        "cine_close_reason": r["reason"],
        "cine_close_date": r["closed"],
        "cine_referral_team": r["team"],
    }


def _assessments(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    a = data["assessment"]
    return {
        "cina_assessment_id": a["ref"],
        "cina_person_id": a["child"],
        "cina_referral_id": a["referral"],
        "cina_assessment_start_date": a["start"],
        "cina_assessment_auth_date": a["authorised"],
        "cina_assessment_outcome_json": _json(ASSESSMENT, _flag(a["support"], "PROV_OF_SERVICES_FLAG", "NFA_FLAG")),
        "cina_assessment_outcome_nfa": _flag(a["support"], "N", "Y"),
        "cina_assessment_team": a["team"],
    }


def _s47(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    s = data["s47"]
    return {
        "s47e_s47_enquiry_id": s["ref"],
        "s47e_referral_id": s["referral"],
        "s47e_person_id": s["child"],
        "s47e_s47_start_date": s["start"],
        "s47e_s47_end_date": s["end"],
        "s47e_s47_nfa": _flag(s["conference"], "N", "Y"),
        "s47e_s47_outcome_json": _json(S47, _flag(s["conference"], "CP_CONFERENCE_FLAG", "NFA_FLAG")),
        "s47e_s47_completed_by_team": s["team"],
    }


def _icpc(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    i, plans = data["icpc"], data["cp_plan"].dropna(subset="icpc").drop_duplicates("icpc")
    return {
        "icpc_icpc_id": i["ref"],
        "icpc_s47_enquiry_id": i["s47"],
        "icpc_person_id": i["child"],
        "icpc_cp_plan_id": i["ref"].map(dict(zip(plans["icpc"], plans["ref"], strict=True))),
        "icpc_referral_id": i["referral"],
        "icpc_icpc_date": i["date"],
        "icpc_icpc_outcome_cp_flag": _flag(i["plan"]),
        "icpc_icpc_outcome_json": _json(ICPC, _flag(i["plan"], "CP_FLAG", "NFA_FLAG")),
        "icpc_icpc_team": i["team"],
    }


def _cin_plans(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    c = data["cin_plan"]
    return {
        "cinp_cin_plan_id": c["ref"],
        "cinp_referral_id": c["referral"],
        "cinp_person_id": c["child"],
        "cinp_cin_plan_start_date": c["start"],
        "cinp_cin_plan_end_date": c["end"],
        "cinp_cin_plan_team": c["team"],
    }


def _cp_plans(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    c = data["cp_plan"]
    return {
        "cppl_cp_plan_id": c["ref"],
        "cppl_referral_id": c["referral"],
        "cppl_icpc_id": c["icpc"],
        "cppl_person_id": c["child"],
        "cppl_cp_plan_start_date": c["start"],
        "cppl_cp_plan_end_date": c["end"],
        "cppl_cp_plan_initial_category": c["category"].map(CATEGORIES).fillna(c["category"]),
        "cppl_cp_plan_latest_category": c["latest_category"].map(CATEGORIES).fillna(c["latest_category"]),
    }


def _cla_episodes(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    e = episodes(data["care"], data["legal_status"], data["placement"])
    return {
        "clae_cla_episode_id": [f"{p}-{n}" for p, n in zip(e["ref"], e["number"], strict=True)],
        "clae_person_id": e["child"],
        "clae_cla_episode_start_date": e["start"],
        "clae_cla_episode_start_reason": e["begun"],
        "clae_cla_primary_need_code": e["need"],
        "clae_cla_episode_ceased_date": e["end"],
        "clae_cla_episode_ceased_reason": e["reason"],
        "clae_cla_id": e["ref"],
        "clae_referral_id": e["referral"],
        "clae_cla_placement_id": e["placement"],
        "clae_entered_care_date": e["entered"],
    }


def _legal_status(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    s = data["legal_status"]
    return {
        "lega_legal_status_id": s["ref"],
        "lega_person_id": s["child"],
        "lega_legal_status": s["status"],
        "lega_legal_status_start_date": s["start"],
        "lega_legal_status_end_date": s["end"],
    }


def _placements(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    p = data["placement"]
    return {
        "clap_cla_placement_id": p["ref"],
        "clap_cla_placement_start_date": p["start"],
        "clap_cla_placement_type": p["type"],
        "clap_cla_id": within(p, data["care"]),
        "clap_cla_placement_provider": p["provider"],
        "clap_cla_placement_end_date": p["end"],
        "clap_person_id": p["child"],
    }


def _pre_proceedings(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    p = data["pre_proceedings"]
    return {
        "prep_table_id": p["ref"],
        "prep_person_id": p["child"],
        "prep_pre_pro_decision_date": p["start"],
        "prep_pre_pro_outcome": p["outcome"],
        "prep_agree_stepdown_issue_date": p["end"],
        "prep_pre_pro_letter_date": p["start"],
    }


def _permanence(data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    a = data["adoption"]
    return {
        "perm_table_id": a["ref"],
        "perm_person_id": a["child"],
        "perm_cla_id": within(a.rename(columns={"decision": "start"}), data["care"]),
        "perm_adm_decision_date": a["decision"],
        "perm_placement_order_date": a["placement_order"],
        "perm_placed_for_adoption_date": a["placed"],
        "perm_decision_reversed_date": a["reversed"],
        "perm_permanence_order_date": a["order"],
        "perm_permanence_order_type": a["order"].notna().map({True: "Adoption", False: None}),
    }


MAKERS: dict[str, Callable[[dict[str, pd.DataFrame]], dict[str, Any]]] = {
    "ssd_person": _person,
    "ssd_family": _family,
    "ssd_disability": _disability,
    "ssd_care_leavers": _care_leavers,
    "ssd_contacts": _contacts,
    "ssd_early_help_episodes": _early_help,
    "ssd_cin_episodes": _referrals,
    "ssd_cin_assessments": _assessments,
    "ssd_s47_enquiry": _s47,
    "ssd_initial_cp_conference": _icpc,
    "ssd_cin_plans": _cin_plans,
    "ssd_cp_plans": _cp_plans,
    "ssd_cla_episodes": _cla_episodes,
    "ssd_legal_status": _legal_status,
    "ssd_cla_placement": _placements,
    "ssd_pre_proceedings": _pre_proceedings,
    "ssd_permanence": _permanence,
}
NEEDED = tuple(dict.fromkeys(t.kind for t in built_in().tables.values()))
