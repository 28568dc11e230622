"""Reads tables as JSON from standard input and prints what pydicom's dictionaries say otherwise."""
import json
import sys

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._uid_dict import UID_dictionary

tables = json.load(sys.stdin)
elements = {row[4]: ("%08x" % tag, row[0], row[1]) for tag, row in DicomDictionary.items()}
repeaters = {row[4]: (mask.replace("x", "0"), row[0], row[1]) for mask, row in RepeatersDictionary.items()}
wrong = []
for keyword, tag, vr, vm in tables["elements"]:
    known = elements.get(keyword) or repeaters.get(keyword)
    if known is None or known[0].lower() != tag or vr not in known[1] or vm != known[2]:
        wrong.append([keyword, known])
for keyword, uid in tables["uids"]:
    if UID_dictionary.get(uid, [None] * 5)[4] != keyword:
        wrong.append([keyword, uid])
print(json.dumps(wrong))
