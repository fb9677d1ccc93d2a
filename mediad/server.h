#pragma once
/// \file
/// The daemon: starts the rooms bottom-up, runs the control thread's event loop, stops them top-down.

#include <memory>
#include <string>
#include <vector>

#include "mediad/base/result.h"
#include "mediad/config.h"

namespace mediad {

class Server {
 public:
  /// Opens ports, starts workers, listens. `arguments` are kept to read the configuration anew on SIGHUP.
  /// Errors: whatever could not be had, named; nothing stays behind.
  static base::Result<std::unique_ptr<Server>> start(Configuration configuration,
                                                     std::vector<std::string> arguments);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Until SIGTERM or SIGINT and the end of draining. The calling thread becomes the control thread.
  void run();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mediad
