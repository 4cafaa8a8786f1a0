#ifndef ORRERY_CONFIG_IMAGE_H
#define ORRERY_CONFIG_IMAGE_H
/* orrery image create|info|check: disk images from the command line.                       doc: command-line */

/* argv[1] is "image".  The exit status. */
int image_command(int argc, char **argv);

#endif
