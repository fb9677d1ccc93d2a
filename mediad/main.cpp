/// \file
/// mediad: reads the configuration and runs the server.

#include <fmt/format.h>

#include <iostream>
#include <string>
#include <vector>

#include "mediad/base/log.h"
#include "mediad/config.h"
#include "mediad/port_plan.h"
#include "mediad/server.h"

namespace {

constexpr int kBadUsage = 2;

int fail(const base::Error& error, int status) {
  std::cerr << "mediad: " << error.text << '\n';
  return status;
}

int run(mediad::Configuration configuration, std::vector<std::string> arguments) {
  base::start_log(configuration.options.log_level);
  for (const auto& warning : configuration.warnings) spdlog::warn("configuration {}", warning);
  auto server = mediad::Server::start(std::move(configuration), std::move(arguments));
  if (!server) {
    spdlog::critical("start failed: {}", server.error().text);
    return 1;
  }
  (*server)->run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments{argv + 1, argv + argc};
  auto configuration = mediad::load_configuration(arguments);
  if (!configuration) return fail(configuration.error(), kBadUsage);
  switch (configuration->action) {
    case mediad::Action::kHelp:
      std::cout << mediad::help_text();
      return 0;
    case mediad::Action::kVersion:
      std::cout << "mediad " MEDIAD_VERSION "\n";
      return 0;
    case mediad::Action::kCheck: {
      for (const auto& warning : configuration->warnings) std::cerr << "mediad: warning: " << warning << '\n';
      auto options = configuration->options;
      if (auto planned = mediad::plan_ports(mediad::kernel_addresses(), options); !planned) {
        return fail(planned.error(), 1);
      }
      std::cout << "configuration is valid\n";
      return 0;
    }
    case mediad::Action::kRun:
      break;
  }
  return run(*std::move(configuration), std::move(arguments));
}
