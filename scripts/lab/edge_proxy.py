"""Kamailio as an edge proxy in front of a registrar: Path for registrations (RFC 3327), Record-Route for calls."""

from .kamailio import Kamailio

_CONFIG = """#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=2
auto_aliases=no
alias={ip}
listen=udp:{ip}:5060
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "xlog.so"
loadmodule "path.so"
modparam("path", "use_received", 1)

request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    force_rport();
    xlog("L_WARN", "passed $rm from $si\\n");
    if (is_method("REGISTER")) {{
        add_path_received();
        # RFC 3327 5.3: a registrar takes a Path only from who says that it knows of it; most phones do not.
        append_hf("Supported: path\r\n");
        $du = "sip:{core}";
        t_relay();
        exit;
    }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    if (has_totag()) {{
        if (!loose_route()) {{
            if (is_method("ACK") && t_check_trans()) t_relay();
            exit;
        }}
        t_relay();
        exit;
    }}
    record_route();
    # From the core: along its Route, which is the Path. From a phone: to the core.
    if ($si == "{core_ip}") {{
        loose_route();
    }} else {{
        $du = "sip:{core}";
    }}
    t_relay();
}}
"""


class EdgeProxy(Kamailio):
    def __init__(self, host, folder, core):
        super().__init__(host, folder, _CONFIG.format(ip=host.ip, core=core, core_ip=core.split(":")[0]))

    def has_passed(self, method):
        return f"passed {method} " in self.process.text()
