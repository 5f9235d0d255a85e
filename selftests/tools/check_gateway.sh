#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "m6tctl check" for a gateway from a host without a device: whether it answers,
# on which ports, what blocks it, the MTU of the path, and how long NAT mappings
# last.
#
# Ports of the gateway's host:
#
#	3544	the gateway			6000	answers that are forged
#	4500	the gateway, filtered		6001	the same, then a right one
#	4600	one with a list of		7000	refused by a firewall
#		home agents			5000	nothing
#
# takes long
# proves: G9

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/check.bash
. "$SELFTESTS/lib/check.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/underlay.bash
. "$SELFTESTS/lib/underlay.bash"

# forger: answers each request with nearly valid replies, and on port 6001 with a
# valid one after them.
forger()
{
	cat >"$TMP/forger.py" <<-'END'
	import select, socket, struct
	def icmp6(src, dst, msg):
	    whole = src + dst + struct.pack(">II", len(msg), 58) + msg
	    whole += bytes(len(whole) % 2)
	    s = sum(struct.unpack(">%dH" % (len(whole) // 2), whole))
	    while s >> 16:
	        s = (s & 0xffff) + (s >> 16)
	    return msg[:2] + struct.pack(">H", ~s & 0xffff) + msg[4:]
	def packet(src, dst, msg, nh=58, ver=6, skew=0):
	    return struct.pack(">IHBB", ver << 28, len(msg) + skew, nh, 64) + \
	           src + dst + msg
	def flip(b, at):
	    return b[:at] + bytes([b[at] ^ 1]) + b[at + 1:]
	def answers(req):
	    me, you, echo = req[24:40], req[8:24], req[40:]
	    def reply(src=me, dst=you, type=129, code=0, rest=echo[4:], **more):
	        msg = bytes([type, code, 0, 0]) + rest
	        return packet(src, dst, icmp6(src, dst, msg), **more)
	    right = reply()
	    yield right[:-1]
	    yield right + b"\0"
	    yield right[:39]
	    yield right[:47]
	    yield b""
	    yield b"\x60"
	    yield flip(right, 42)
	    yield reply(src=flip(me, 15))
	    yield reply(dst=flip(you, 15))
	    yield reply(dst=flip(you, 9))
	    yield reply(rest=flip(echo[4:], 0))
	    yield reply(rest=flip(echo[4:], 4))
	    yield reply(rest=echo[4:8])
	    yield reply(code=1)
	    yield reply(type=128)
	    yield reply(nh=17)
	    yield reply(ver=4)
	    yield reply(skew=1)
	    yield reply(skew=-1)
	    for quoted in (req[:40], flip(req, 8), flip(req, 24), flip(req, 6),
	                   flip(req, 44), flip(req, 48), req[:47]):
	        yield reply(type=1, rest=bytes(4) + quoted)
	    yield flip(reply(type=1, rest=bytes(4) + req), 42)
	    yield reply(type=1, dst=flip(you, 15), rest=bytes(4) + req)
	    yield reply(type=1, rest=b"")
	    # Replies to keepalives that were not sent are not an answer.
	    yield packet(bytes.fromhex("fe80" + "0" * 27 + "1"), you, b"", nh=59)
	ports = {}
	for port in 6000, 6001:
	    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    s.bind(("0.0.0.0", port))
	    ports[s] = port
	print("ready", flush=True)
	while True:
	    for s in select.select(list(ports), [], [])[0]:
	        req, peer = s.recvfrom(2048)
	        if len(req) < 48:
	            continue
	        for answer in answers(req):
	            s.sendto(answer, peer)
	        if ports[s] == 6001:
	            me, you = req[24:40], req[8:24]
	            s.sendto(packet(me, you, icmp6(me, you,
	                     b"\x81\0\0\0" + req[44:])), peer)
	END
	start "$GW" python3 "$TMP/forger.py" >"$TMP/forger"
	need wait_for grep -q ready "$TMP/forger"
}

# not_forged: no forged reply was accepted.
not_forged()
{
	! said gateway | grep 6000 | grep -v "no answer on port 6000:"
}

# silent MTU: the NAT drops larger packets without an error.
silent()
{
	need in_ns "$NAT" nft -f - <<-END
	add table ip quiet
	add chain ip quiet forward { type filter hook forward priority 0; }
	add rule ip quiet forward ip length > $1 drop
	END
}

nat()
{
	if ! time_travel; then
		result 0 "nat # SKIP it takes a minute"
		return
	fi
	nat_rule "masquerade random"
	in_ns "$NAT" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=40 \
		net.netfilter.nf_conntrack_udp_timeout_stream=40
	ask "$MN" gateway $GW4 prefix $MN_PREFIX to $HA6 nat
	says "nat: the lifetime of mappings is reported" nat ok \
		"after 30 s.* lost after 45 s.* keepalive of 30 or less"
	verdict "nat: the verdict is ok" 0
}

topology
gateway port $PORT,4500
need ip -n "$GW" link add m6t1 type m6t mode gw prefix $PREFIX ha $HA6 port 4600
need ip -n "$GW" link set m6t1 up
need in_ns "$GW" nft -f - <<-END
	table inet m6t {
		chain input {
			type filter hook input priority 0;
			udp dport 4500 drop
			udp dport 7000 reject with icmp type admin-prohibited
		}
	}
END
forger

ask "$MN" gateway $GW4 prefix $MN_PREFIX to $HA6
says "a gateway that answers is ok" gateway ok "port $PORT: $HA6 answers after [0-9.]+ ms"
says "the route to the gateway is reported" route ok "by eth, from $MN4, via 10.0.0.1"
says "the full MTU of the path is ok" mtu ok 1472
verdict "a gateway that answers: the verdict is ok" 0
check_eq "only probes create bindings" "active" \
	"$(m6tctl -n "$GW" -j binding show dev m6t0 | jq -r '.[].state' | sort -u)"

# It must, even if it has a route for the destination.
need ip -n "$GW" -6 route add default via $HA6
ask "$MN" gateway $GW4 prefix $MN_PREFIX
says "without a home agent the gateway itself answers" gateway ok \
	"port $PORT: $GW6 answers"
need ip -n "$GW" -6 route del default via $HA6
says "without a home agent the MTU is skipped" mtu skipped
verdict "without a home agent the verdict is ok" 0

# All at once, as a missing answer takes long.
ask "$MN" gateway $GW4 port $PORT,4500,4600,5000,6000,6001,7000 \
	prefix $MN_PREFIX
says "a port that answers is ok" gateway ok "port $PORT: "
says "a silent port is reported" gateway warning "no answer on port 4500"
says "a silent port with a list of home agents gets a hint" gateway warning \
	"no answer on port 4600: .*list of home agents \(ha\).*to IPV6"
says "a refused port is reported" gateway warning \
	"port 5000 is refused: nothing listens there.*by $GW4 .*code 3"
says "a port refused by a firewall is reported" gateway warning \
	"port 7000 is refused: a firewall forbids it, reported by $GW4 "
says "forged replies are not an answer" gateway warning "no answer on port 6000"
check "forged errors are not accepted" not_forged
says "a valid reply after forged ones counts" gateway ok "port 6001: .* answers"
verdict "one port that answers: the verdict is ok" 0

ask "$MN" gateway $GW4 port 5000 prefix $MN_PREFIX
says "a refused only port is a failure" gateway failed "port 5000 is refused"
verdict "a refused only port: the verdict is failed" 1
need ip -n "$GW" link set m6t0 type m6t ha $HA6
ask "$MN" gateway $GW4 prefix $MN_PREFIX to $HA6
says "a gateway with a list of home agents answers for one of them" gateway ok \
	"$HA6 answers"

need ip -n "$GW" link set m6t0 type m6t ha 2001:db8:9::/64
ask "$MN" gateway $GW4 prefix $MN_PREFIX to 2001:db8:9::1
says "a home agent that the gateway cannot reach is a failure" gateway failed \
	"works, but cannot reach it: "
verdict "an unreachable home agent: the verdict is failed" 1
need ip -n "$GW" link set m6t0 type m6t ha $HA6

narrow 1400
ask "$MN" gateway $GW4 prefix $MN_PREFIX to $HA6
says "a small path MTU with errors is reported" mtu warning "1372 bytes.*\(reported by 10.0.0.1\)"
narrow 1500
ip -n "$MN" route flush cache
silent 1399
ask "$MN" gateway $GW4 prefix $MN_PREFIX to $HA6
says "a small path MTU without errors is reported" mtu warning "1371 bytes.*\(no router"
verdict "a small path MTU: the verdict is ok" 0
need in_ns "$NAT" nft delete table ip quiet
nat
finish
