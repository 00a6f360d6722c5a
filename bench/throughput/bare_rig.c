/*
 * A rig that does nothing but answer, as a miner does: one client at a time,
 * accept, read once, write a constant of 2 KB, close. Prints its port. The
 * command `count` tells how many other requests it has answered.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char HEAD[] =
    "{\"STATUS\":[{\"STATUS\":\"S\",\"When\":1795327870,\"Code\":9,"
    "\"Msg\":\"3 ASC(s)\",\"Description\":\"cgminer 4.11.1\"}],\"DEVS\":[";
static const char DEVICE[] =
    "{\"ASC\":0,\"Name\":\"SPN\",\"ID\":0,\"Enabled\":\"Y\",\"Status\":"
    "\"Alive\",\"Temperature\":62.00,\"MHS av\":498123.45,\"MHS 5s\":"
    "501223.10,\"MHS 1m\":499000.12,\"MHS 5m\":498800.90,\"MHS 15m\":"
    "497120.00,\"Accepted\":1204,\"Rejected\":3,\"Hardware Errors\":17,"
    "\"Utility\":3.41,\"Last Share Pool\":0,\"Last Share Time\":1795327861,"
    "\"Total MH\":660054000.0000,\"Diff1 Work\":153600,\"Difficulty "
    "Accepted\":1232896.00000000,\"Difficulty Rejected\":3072.00000000,"
    "\"Last Share Difficulty\":1024.00000000,\"No Device\":false,\"Last "
    "Valid Work\":1795327869,\"Device Hardware%\":0.0111,\"Device "
    "Rejected%\":0.2000,\"Device Elapsed\":605}";

int main(void) {
  static char reply[4096], request[4096];
  int length = 0;
  length += sprintf(reply + length, "%s", HEAD);
  for (int i = 0; i < 3; i++)
    length += sprintf(reply + length, "%s%s", i ? "," : "", DEVICE);
  length += sprintf(reply + length, "],\"id\":1}") + 1; /* and its NUL */

  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) != 0 ||
      listen(listener, 100) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) != 0)
    return 1;
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  long answered = 0;
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) continue;
    ssize_t count = recv(client, request, sizeof request - 1, 0);
    if (count > 0) {
      request[count] = 0;
      if (strstr(request, "\"count\"") != NULL) {
        char text[64];
        int written = sprintf(text, "{\"count\":%ld}", answered) + 1;
        send(client, text, written, 0);
      } else {
        answered++;
        send(client, reply, length, 0);
      }
    }
    close(client);
  }
}
