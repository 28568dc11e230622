"""Prints what pydicom reads: one line of JSON for each file named on the command line. The oracle of the integration tests."""
import hashlib
import json
import sys
import warnings

import pydicom
from pydicom.encaps import generate_pixel_data_frame

warnings.filterwarnings("ignore")
NUMBERS = {"DS", "IS", "US", "SS", "UL", "SL", "FL", "FD"}
TEXTS = {"AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}


def values_of(element):
    value = element.value
    if value is None:
        return []
    many = value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    if element.VR in NUMBERS:
        return [float(one) for one in many if one not in ("", None)]
    return [str(one) for one in many]


def describe(dataset, with_pixels):
    described = {}
    for element in dataset:
        if element.tag.is_private:
            continue
        key = "%08x" % element.tag
        if element.VR == "SQ":
            described[key] = [describe(item, False) for item in element.value]
        elif element.VR in NUMBERS or element.VR in TEXTS:
            described[key] = {"vr": element.VR, "values": values_of(element)}
        elif element.tag == 0x7FE00010 and with_pixels:
            described[key] = frames_of(dataset, element)
    return described


def frames_of(dataset, element):
    if not dataset.file_meta.TransferSyntaxUID.is_compressed:
        return [hashlib.sha256(element.value).hexdigest()]
    frames = generate_pixel_data_frame(element.value, int(dataset.get("NumberOfFrames", 1)))
    return [hashlib.sha256(frame).hexdigest() for frame in frames]


for path in sys.argv[1:]:
    try:
        dataset = pydicom.dcmread(path)
        dataset.decode()
        print(json.dumps(describe(dataset, True)))
    except Exception as error:
        print(json.dumps({"error": type(error).__name__}))
