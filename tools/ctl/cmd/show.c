// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl show
 */
#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/names.h"

/**
 * cmd_show - print devices
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_show(const struct command *command, int argc, char **argv)
{
	static struct genl genl;
	struct device dev;
	bool follows = false;
	int status;
	int err;

	status = words_device(command, &dev, false, argc, argv);
	if (status)
		return status;
	status = genl_open(&genl);
	if (status)
		return status;

	err = genl_device_get(&genl, &dev, print_device, &follows);
	if (err)
		status = genl_fail(&genl, err, &dev,
				   dev.ifindex ? dev.name : "devices");
	print_finish(status);
	genl_close(&genl);
	return status;
}
