/* The yardstick of `bench agent`: opens, reads and closes the given files of every process, so many times with a pause
   before each.
   read_proc ROUNDS PAUSE_MILLISECONDS FILE... -> "processes cpu_microseconds_per_round" */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int count, char **arguments) {
  int rounds = count > 3 ? atoi(arguments[1]) : 0, processes = 0;
  useconds_t pause = count > 3 ? atoi(arguments[2]) * 1000 : 0;
  char buffer[4096], path[300];
  long sum = 0;
  if (rounds < 1) return 2;
  for (int round = 0; round < rounds; round++) {
    if (pause) usleep(pause);
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    processes = 0;
    while ((entry = readdir(proc))) {
      if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
      for (int file = 3; file < count; file++) {
        snprintf(path, sizeof path, "/proc/%s/%s", entry->d_name, arguments[file]);
        int descriptor = open(path, O_RDONLY);
        if (descriptor < 0) continue;
        ssize_t length = read(descriptor, buffer, sizeof buffer);
        if (length > 0) sum += buffer[0];
        close(descriptor);
      }
      processes++;
    }
    closedir(proc);
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double micros = usage.ru_utime.tv_sec * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_sec * 1e6 + usage.ru_stime.tv_usec;
  printf("%d %.1f\n", processes, micros / rounds);
  return sum == 0;
}
