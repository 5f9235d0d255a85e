// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin of ip(8) for links of type m6t: the words, for people.
 */
#include <stdio.h>

#include "ip/link_m6t.h"

/**
 * link_usage - print what "type m6t" may be followed by
 * @fp: where to
 */
void link_usage(FILE *fp)
{
	fputs("Usage: ... m6t mode gw  prefix IPV6/LEN[,...]\n"
	      "               [ ha IPV6[/LEN][,...] ] [ local IPV4 ]\n"
	      "               [ port PORT[,PORT...] ] [ max-bindings N ]\n"
	      "               [ temp-timeout MS ] [ active-timeout SEC ]\n"
	      "               [ rate N ] [ burst N ] [ exempt IPV4/LEN[,...] ]\n"
	      "               [ hairpin { on | off } ] [ COMMON ]\n"
	      "       ... m6t mode mn  prefix IPV6/80 gateway IPV4\n"
	      "               [ port PORT ] [ local IPV4 ] [ sport PORT ]\n"
	      "               [ keepalive SEC ] [ keepalive-retries N ]\n"
	      "               [ rotate { on | off } ] [ COMMON ]\n"
	      "COMMON := [ dev IFNAME ] [ ttl { N | inherit } ]\n"
	      "          [ tos { N | inherit } ] [ df { unset | set | inherit } ]\n"
	      "          [ udpcsum { on | off } ] [ fwmark MARK ]\n"
	      "\n"
	      "Defaults: port 3544, max-bindings 65536, temp-timeout 2000,\n"
	      "          active-timeout 120, rate 16, burst 64, hairpin off,\n"
	      "          keepalive 30, keepalive-retries 3, rotate on, ttl 64,\n"
	      "          tos inherit, df unset, udpcsum on\n"
	      "Taken back with: ha none, exempt none, local any, sport 0, dev any,\n"
	      "          fwmark 0, mtu auto\n", fp);
}
