// SPDX-License-Identifier: GPL-2.0
/*
 * How malformed mobility headers are answered (RFC 6275 9.2).
 */
#include "mipd/socket.h"

/* To the sender, by the same path. */
static void fault_unknown_type(int fd, const struct packet *packet)
{
	const struct mh mh = {
		.type = MH_BE, .be = { .status = MH_BE_UNKNOWN },
	};

	socket_send(fd, &packet->to, &packet->from,
		    packet->has_outer ? &packet->outer : NULL, &mh);
}

/**
 * fault_answer - answer a malformed mobility header
 * @fd: the socket
 * @packet: the header
 * @fault: what is wrong with it
 */
void fault_answer(int fd, const struct packet *packet, enum mh_fault fault)
{
	switch (fault) {
	case MH_BAD_PROTOCOL:
		socket_parameter_problem(packet, MH_AT_PROTOCOL);
		break;
	case MH_BAD_LENGTH:
		socket_parameter_problem(packet, MH_AT_LENGTH);
		break;
	case MH_BAD_TYPE:
		fault_unknown_type(fd, packet);
		break;
	default:
		break;
	}
}
