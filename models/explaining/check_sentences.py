"""What a check of the gate has seen, as the middle of a sentence: one function for each verdict that says more than a phrase.

Each takes the inputs that the gate kept with its verdict. Pure.
"""

from datetime import datetime

from models.explaining.phrases import Row, at, listed, people_of_opt_out, scope, words


def ended(inputs: Row) -> str:
    """Return how its run had ended, or what was asked of it."""
    match inputs.get("ended_by"):
        case "replied" if reply := inputs.get("reply"):
            return f"the lead had replied at {at(reply['at'])} ({words(reply['label'])})"
        case "stopped":
            return f"{inputs.get('stopped_by') or 'somebody'} had asked for the run to stop"
        case "rolled back":
            return f"{inputs.get('rolled_back_by') or 'somebody'} had asked for the run to be rolled back"
        case _ if inputs.get("outcome"):
            return f"the run had ended at {at(inputs.get('closed_at'))}: {words(inputs['outcome'])}"
        case _:
            return "the run had ended"


def no_opt_out(inputs: Row) -> str:
    """Return that none stands, and what undid an earlier one."""
    again = inputs.get("opted_in_again")
    if again:
        return f"an earlier opt-out was undone at {at(again['at'])} ({words(again['source'])}, consent event {again['id']})"
    return "no opt-out stands for this address"


def opted_out(inputs: Row) -> str:
    """Return which event opted the person out."""
    event = inputs.get("opt_out")
    return f"{people_of_opt_out(event)}, consent event {event['id']}" if event else "an opt-out stands for this address"


def covered(inputs: Row) -> str:
    """Return the consent that it needs, and the event that gives it."""
    event = inputs.get("event")
    source = f": {words(event['source'])} at {at(event['at'])}, consent event {event['id']}" if event else ""
    return f"it needs consent for {inputs['needed']} messages; consent for {inputs['given']} ones stands{source}"


def not_covered(inputs: Row) -> str:
    """Return the consent that it needs, and what stands instead."""
    given = f"what stands is for {inputs['given']} ones" if inputs.get("given") else "none stands for this address"
    return f"it needs consent for {inputs.get('needed')} messages, and {given}"


def dead(inputs: Row) -> str:
    """Return what has shown that the address cannot receive it."""
    if inputs.get("landline"):
        return f"a look-up at {at(inputs['landline'])} found that it is a landline, which takes no texts"
    newest = inputs.get("newest")
    which = f" (message {newest['message_id']})" if newest else ""
    return f"the newest message to this address{which} found that it cannot receive {inputs.get('channel', 'this channel')}"


def fresh(inputs: Row) -> str:
    """Return until when it may leave."""
    expires = inputs.get("expires_at")
    return f"it may leave until {at(expires)}" if expires else "it does not get stale"


def paused(inputs: Row) -> str:
    """Return which pause holds it, by whom, since when and why."""
    by = f" by {inputs['owner']} since {at(inputs.get('since'))}" if inputs.get("owner") else ""
    why = f": {inputs['reason']}" if inputs.get("reason") else ""
    return f"{scope(inputs.get('scope') or 'it')} is paused{by}{why}"


def not_paused(inputs: Row) -> str:
    """Return that nothing holds it, or which pause of an incident lets it pass."""
    if not (passed := inputs.get("incident_paused")):
        return "nothing it belongs to was paused"
    return f"an incident has paused {scope(passed)} since {at(inputs.get('since'))}, and its notices pass"


def draining(inputs: Row) -> str:
    """Return that it waits for its turn behind a pause, and when that comes."""
    turn = f", which comes at {at(inputs['turn_at'])}" if inputs.get("turn_at") else ""
    return f"a pause had held it, and what was held leaves at a limited rate; it waits for its turn{turn}"


def torn(inputs: Row) -> str:
    """Return since when the ledger waits for a person."""
    since = f" at {at(inputs['held_since'])}" if inputs.get("held_since") else ""
    return f"the ledger was restored or replaced{since}, and nobody has released it yet"


def gap(inputs: Row) -> str:
    """Return for which time replies may be missing."""
    if missed := inputs.get("gap"):
        return f"what came in between {at(missed['began_at'])} and {at(missed['ended_at'])} has not been read yet"
    return f"the web hooks were silent; their last sign of life was at {at(inputs.get('last_sign_at'))}"


def doubtful(inputs: Row) -> str:
    """Return since when a reply waits to be read as an opt-out or none."""
    held = inputs.get("held")
    since = f" at {at(held['at'])}" if held else ""
    owner = (inputs.get("task") or {}).get("owner")
    return f"a reply{since} may be an opt-out, and {owner or 'a person'} must read it"


def approved(inputs: Row) -> str:
    """Return who has approved it, when and through what."""
    if not inputs.get("decided_by"):
        return "a decision approves this wording"
    about = "this template" if inputs.get("subject") == "template" else "the wording of this run"
    return f"{inputs['decided_by']} approved {about} at {at(inputs['decided_at'])} (approval {inputs['approval_id']})"


def not_approved(inputs: Row) -> str:
    """Return where its approval stands instead."""
    if not inputs.get("approval_id"):
        return "nobody was asked to approve this wording"
    if inputs.get("decision") == "approve" and inputs.get("risk") == "two_people":
        return f"{inputs['decided_by']} has approved it; a second person must agree (approval {inputs['approval_id']})"
    if inputs.get("decision"):
        decided = {"reject": "rejected it", "revoke": "revoked the approval"}.get(
            inputs["decision"], "decided on another"
        )
        return f"{inputs['decided_by']} {decided} at {at(inputs['decided_at'])} (approval {inputs['approval_id']})"
    until = f" until {at(inputs['expires_at'])}" if inputs.get("expires_at") else ""
    return f"{inputs['approver']} has not decided yet (approval {inputs['approval_id']}){until}"


def objected(inputs: Row) -> str:
    """Return what was found in its wording, and where."""
    found = inputs.get("findings") or []
    where = listed([f"{words(one['kind'])} in the {one['part']}" for one in found])
    return f"{inputs.get('saw', 'its wording must not leave as it is')}{f' ({where})' if where else ''}"


def once(inputs: Row) -> str:
    """Return that the same text has not gone there, or who has decided that it may."""
    task = inputs.get("task")
    if task and task.get("closed_by"):
        return f"the same text went there within a day, and {task['closed_by']} let it leave all the same"
    return "the same text did not go to this address within a day"


def twice(inputs: Row) -> str:
    """Return which message has taken the same text there."""
    other = inputs.get("other")
    which = f" as message {other['message_id']} at {at(other['at'])}" if other else ""
    return f"the same text went to this address within a day{which}"


def capped(inputs: Row) -> str:
    """Return which rule counts as many messages as it allows, and until when."""
    until = inputs.get("until")
    opens = f"; open again at {at(datetime.fromisoformat(until))}" if until else ""
    by = f", rule {inputs['rule_id']}" if inputs.get("rule_id") else ""
    return f"the person has been written to as often as the rules allow ({inputs.get('saw', 'a cap')}{by}){opens}"


def inside_hours(inputs: Row) -> str:
    """Return the local times at which it may leave."""
    return f"it was an allowed hour everywhere the person may be ({local_times(inputs)})"


def outside_hours(inputs: Row) -> str:
    """Return the local times at which it may not leave, and when that ends."""
    opens = f"; allowed from {at(inputs['opens'])}" if inputs.get("opens") else ""
    return f"it was outside the allowed hours where the person may be ({local_times(inputs)}){opens}"


def local_times(inputs: Row) -> str:
    """Return what time it is in every zone where the person may be."""
    return (
        listed([f"{zone['local']:%a %H:%M} in {zone['zone']}" for zone in inputs.get("zones", ())]) or "no zone known"
    )
