/*
 * Asks a rig one question after another for some seconds, as a serial program
 * without any gateway would, and prints how many calls a second it made.
 *
 *   direct_client PORT SECONDS
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(atoi(argv[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const double seconds = atof(argv[2]), start = now();
  char request[64], reply[65536];
  long calls = 0;
  while (now() - start < seconds) {
    int rig = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(rig, (struct sockaddr *)&address, sizeof address) != 0)
      return 1;
    int length = sprintf(request, "{\"command\":\"asc\",\"parameter\":\"%ld\"}",
                         calls % 4096);
    send(rig, request, length, 0);
    ssize_t count, received = 0;
    while ((count = recv(rig, reply, sizeof reply, 0)) > 0) {
      received += count;
      if (memchr(reply, 0, count) != NULL) break;
    }
    if (received == 0) return 1;
    close(rig);
    calls++;
  }
  printf("%.0f\n", calls / (now() - start));
  return 0;
}
