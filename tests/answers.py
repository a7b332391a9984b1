"""Are the objects of --json as their schema says?

    answers.py SCHEMA <answers

Each line is checked against the definition of its verb: its keys, those that must be there,
their types.  What people read as numbers must be in the fields, too.  Prints what is wrong,
and which verbs of the schema gave no answer."""
import json
import re
import sys

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name in ("number", "integer"):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and (name == "number" or float(value).is_integer())
    return isinstance(value, TYPES[name])


def check(value, schema, place, wrong):
    if "const" in schema and value != schema["const"]:
        wrong.append(f"{place}: {value!r} is not {schema['const']!r}")
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, name) for name in types):
        wrong.append(f"{place}: {value!r} is none of {types}")
    if isinstance(value, dict) and "properties" in schema:
        for key in schema.get("required", []):
            if key not in value:
                wrong.append(f"{place}: no {key}")
        for key, item in value.items():
            if key in schema["properties"]:
                check(item, schema["properties"][key], f"{place}.{key}", wrong)
            elif schema.get("additionalProperties", True) is False:
                wrong.append(f"{place}: {key} is not in the schema")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            check(item, schema["items"], f"{place}[{i}]", wrong)


def check_names(schema, place, wrong):
    """Keys are lower case, digits and underscores."""
    for key, item in schema.get("properties", {}).items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
            wrong.append(f"{place}: {key} is no key")
        check_names(item, f"{place}.{key}", wrong)
    if "items" in schema:
        check_names(schema["items"], place, wrong)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    wrong, seen = [], set()
    for name, definition in schema["$defs"].items():
        check_names(definition, name, wrong)
    for line in sys.stdin:
        answer = json.loads(line)
        verb = answer.get("verb")
        failed = not answer.get("ok")
        definition = schema["$defs"]["failed" if failed else verb]
        if not failed:
            seen.add(verb)
        check(answer, definition, answer.get("command", "?"), wrong)
    for name in sorted(set(schema["$defs"]) - seen - {"failed"}):
        wrong.append(f"{name}: no answer was seen")
    for what in wrong:
        print(what)


main()
