// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences of events about attachments, and the expected steps: those that
 * mn_follow.sh, mn_follow_back.sh, mn_nexthop.sh, mn_native.sh and
 * follow_others.sh in selftests/mobile cause, and some that no kernel can be
 * made to cause. Paths, addresses and gateways are just numbers; see
 * decide_events.c for the names of events.
 */
#include "decide.h"

const struct order attachments[] = {
	{ "a device without a path, then with one", {
		{ "created", "clear wait" },
		{ "way 1", "attach settle +attached wait" },
		{ "pass 500", "wait" },
		{ "way 0", "detach clear +detached wait" },
		{ "way 2", "attach settle +attached wait" },
	} },
	{ "what is there is not touched at the start", {
		{ "way 1; created; attached; has address 1", "settle wait" },
		{ "pass 60000", "wait" },
	} },
	{ "an attachment that is there at the start, without its address", {
		{ "way 1; created; attached", "settle +attached wait" },
	} },
	{ "one that is there at the start, without a path", {
		{ "created; attached; has address 1", "detach clear +detached wait" },
	} },
	{ "addresses of an interface that is detached are removed", {
		{ "created; has address 7", "clear +detached wait" },
	} },
	{ "another next hop, another address, another link", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "way 2", "attach settle +attached wait" },
		{ "way 3", "attach settle +attached wait" },
		{ "way 3", "wait" },
	} },
	{ "a cable is unplugged and plugged in elsewhere", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "plugged", "attach settle +attached wait" },
	} },
	{ "the path ends and comes back", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "way 0", "detach clear +detached wait" },
		{ "way 0", "wait" },
		{ "way 1", "attach settle +attached wait" },
	} },
	{ "the device goes down and up", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "up 0", "detach clear +detached wait" },
		{ "pass 300", "wait" },
		{ "up 1", "attach settle +attached wait" },
		{ "pass 300", "wait" },
	} },
	{ "the address is taken", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "taken", "wait:250" },
		{ "pass 249", "wait:1" },
		{ "pass 1", "settle +restored wait" },
	} },
	{ "the address is taken again and again", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "taken; pass 250", "settle +restored wait" },
		{ "taken; pass 250", "settle wait" },
		{ "taken; pass 59750", "settle +restored wait" },
		{ "taken; pass 250", "settle wait" },
	} },
	{ "the default route is taken", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "route taken", "wait:250" },
		{ "pass 250", "settle +restored wait" },
	} },
	{ "both are taken, one after the other", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "taken; pass 200", "wait:50" },
		{ "route taken", "wait:50" },
		{ "pass 50", "settle +restored wait" },
	} },
	{ "native IPv6 comes and goes beside it", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "touched", "wait:250" },
		{ "pass 250", "settle wait" },
		{ "touched", "wait:250" },
		{ "pass 250", "settle wait" },
	} },
	{ "it is touched, but nothing is taken", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "touched; pass 250", "settle wait" },
	} },
	{ "messages about links are lost", {
		{ "way 1; created; dev 2; created",
		  "attach settle +attached wait | attach settle +attached wait" },
		{ "links lost; dev 1; taken", "wait:250 | wait:250" },
		{ "pass 250", "settle +restored wait | settle wait" },
	} },
	{ "another program detaches", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "detached", "clear:left +detached wait" },
		{ "pass 5000", "wait" },
		{ "touched; has address 9; pass 250", "clear:left wait" },
		{ "way 2", "attach settle +attached wait" },
	} },
	{ "another program detaches, and the path ends", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "detached", "clear:left +detached wait" },
		{ "way 0", "wait" },
		{ "way 1", "attach settle +attached wait" },
	} },
	{ "another program detaches and attaches", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "detached", "clear:left +detached wait" },
		{ "attached", "settle +attached wait" },
	} },
	{ "another program attaches, or the kernel does", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "attached", "settle +attached wait" },
		{ "attached", "settle +attached wait" },
	} },
	{ "a setting is changed, and the kernel attaches", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "port 4500; way 2", "settle +attached wait" },
	} },
	{ "the host was asleep", {
		{ "way 1; created; dev 2; created",
		  "attach settle +attached wait | attach settle +attached wait" },
		{ "slept", "attach settle +attached wait | attach settle +attached wait" },
		{ "pass 10", "wait | wait" },
	} },
	{ "asleep, and detached by another program", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "detached", "clear:left +detached wait" },
		{ "slept", "wait" },
	} },
	{ "asleep without a path", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "way 0", "detach clear +detached wait" },
		{ "slept", "wait" },
		{ "way 1", "attach settle +attached wait" },
	} },
	{ "the address is refused", {
		{ "way 1; refuse settle 13; created", "attach settle give-up:say:retry wait" },
		{ "pass 100", "wait:150" },
		{ "pass 150", "settle give-up:retry wait" },
		{ "allow; pass 250", "settle +attached wait" },
		{ "pass 250", "wait" },
	} },
	{ "it is detached while its address is refused", {
		{ "way 1; refuse settle 13; created", "attach settle give-up:say:retry wait" },
		{ "detached", "clear:left +detached wait" },
		{ "allow; pass 250", "wait" },
	} },
	{ "the path ends while its address is refused", {
		{ "way 1; refuse settle 13; created", "attach settle give-up:say:retry wait" },
		{ "way 0", "detach clear +detached wait" },
	} },
	{ "what cannot be cleared is tried again", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "refuse clear 12; detached", "clear:left give-up:say:retry wait" },
		{ "pass 100", "clear:left give-up:retry wait" },
		{ "allow; pass 250", "clear:left +detached wait" },
		{ "refuse clear 12; touched; pass 250", "clear:left give-up:say:retry wait" },
		{ "pass 100", "wait:150" },
		{ "allow; has address 3; pass 150", "clear:left +detached wait" },
	} },
	{ "a device goes in the meantime", {
		{ "way 1; refuse settle 19; created", "attach settle give-up wait" },
		{ "deleted; allow", "wait" },
		{ "created", "attach settle +attached wait" },
	} },
	{ "the kernel cannot be asked", {
		{ "way 1; refuse 4 12; created", "give-up:say:retry wait" },
		{ "pass 1000", "give-up:retry wait" },
		{ "allow; pass 1000", "attach settle +attached wait" },
		{ "refuse 8 12", "give-up:say:retry wait" },
		{ "allow", "wait" },
	} },
	{ "an attachment is refused", {
		{ "way 1; refuse attach 99; created", "attach give-up:say:retry wait" },
		{ "pass 1000", "attach give-up:retry wait" },
		{ "allow", "attach settle +attached wait" },
		{ "refuse attach 99; way 2", "attach give-up:say:retry wait" },
		{ "allow", "attach settle +attached wait" },
		{ "refuse detach 12; way 0", "detach give-up:say:retry wait" },
		{ "allow", "detach clear +detached wait" },
	} },
	{ "the kernel attaches without an address", {
		{ "way 1; quiet 1; created", "attach clear wait" },
		{ "quiet 0", "attach settle +attached wait" },
	} },
	{ "sockets in another namespace", {
		{ "created; foreign 1", "clear wait" },
		{ "attached", "settle +attached wait" },
		{ "slept", "attach settle +attached wait" },
		{ "detached", "clear +detached wait" },
		{ "foreign 0; way 1", "attach settle +attached wait" },
	} },
	{ "attached before it begins, and heard on it later", {
		{ "way 1; created; attached; has address 1; file 2", "settle wait:1000" },
		{ "heard", "remember wait" },
		{ "pass 60000", "wait" },
	} },
	{ "attached before it begins, to another candidate", {
		{ "way 1; created; attached; port 4500; file 2; worked 13544",
		  "settle +attached wait:1000" },
		{ "way 2", "move:1:3544 +gateway wait:0" },
		{ "pass 0", "settle +attached wait:1000" },
	} },
	{ "one whose socket comes to be in another namespace", {
		{ "way 1; created; file 2; with probe", "attach settle +attached probe wait:1000" },
		{ "foreign 1", "attach settle +attached probe wait:1000" },
		{ "pass 3000", "probe move:1:4500 +gateway wait:0" },
		{ "touched", "settle +attached probe wait:1000" },
		{ "heard", "wait" },
	} },
	{ "another device of that name", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "deleted", "wait" },
		{ "created; attached", "settle +attached wait" },
	} },
	{ "two devices", {
		{ "way 1; created; dev 2; created",
		  "attach settle +attached wait | attach settle +attached wait" },
		{ "dev 1; taken", "wait:250 | wait" },
		{ "pass 250", "settle +restored wait | wait" },
		{ "dev 2; detached", "wait | clear:left +detached wait" },
		{ "dev 1; deleted", "wait | wait" },
	} },
	{ "its gateway is heard, but it has no file", {
		{ "way 1; created", "attach settle +attached wait" },
		{ "heard", "wait" },
	} },
};

const unsigned int n_attachments = sizeof(attachments) / sizeof(*attachments);
