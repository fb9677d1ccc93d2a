#pragma once
/// \file
/// Command line and configuration file to Options. The file is read first, the command line overrides it.

#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/result.h"
#include "mediad/options.h"

namespace mediad {

enum class Action : std::uint8_t { kRun, kCheck, kHelp, kVersion };

struct Configuration {
  Action action{Action::kRun};
  Options options;
  std::string file;                   ///< "" if none was read
  std::vector<std::string> warnings;  ///< ignored keys and the like, ready to log
};

inline constexpr std::string_view kDefaultConfigFile = "/etc/mediad/mediad.conf";

/// `arguments` without the program name. Without --config-file, kDefaultConfigFile is read if it exists.
/// Errors name the file and line, or the command line, the bad key or value, and the nearest key.
[[nodiscard]] base::Result<Configuration> load_configuration(const std::vector<std::string>& arguments);

/// Applies the text of a file to `configuration`; `file` only serves messages. `section` is the one that
/// counts; "" stands for [mediad], [rtpengine] and what precedes any section.
[[nodiscard]] base::Result<void> apply_config_text(std::string_view text, std::string_view file,
                                                   std::string_view section, Configuration& configuration);

[[nodiscard]] std::string help_text();

}  // namespace mediad
