"""Switches off segmentation offload of an interface (ethtool's ioctl, linux/ethtool.h and
linux/sockios.h)."""

from __future__ import annotations

import array
import fcntl
import socket
import struct

_SIOCETHTOOL = 0x8946
_ETHTOOL_STSO = 0x1F
_ETHTOOL_SGSO = 0x24
_ETHTOOL_SGRO = 0x2C


def disable_offload(interface: str) -> None:
    """Let this interface send and receive packets of the size that goes over the wire, none that
    stand for several.

    Between namespaces the kernel otherwise passes one packet of up to 64 KiB along, whatever the
    MTU is, and a lower MTU on the way would stop nobody.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in (_ETHTOOL_STSO, _ETHTOOL_SGSO, _ETHTOOL_SGRO):
            value = array.array("B", struct.pack("=II", command, 0))
            request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
            fcntl.ioctl(control, _SIOCETHTOOL, request)
