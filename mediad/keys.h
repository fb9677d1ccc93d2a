#pragma once
/// \file
/// The one list of configuration keys. A key is the same word in the file and after `--`.

#include <span>
#include <string_view>

#include "mediad/base/result.h"
#include "mediad/options.h"

namespace mediad {

enum class KeyKind : std::uint8_t {
  kValue,    ///< the last one wins
  kList,     ///< may stand several times and hold several values separated by ';'
  kFlag,     ///< true when bare; else yes/no, true/false, 1/0
  kIgnored,  ///< rtpengine's, without meaning here: accepted with a warning
};

struct Key {
  std::string_view name;
  KeyKind kind;
  bool reloadable;        ///< takes effect on SIGHUP
  std::string_view help;  ///< for --help; for kIgnored: why it means nothing here
  /// Reads one value into the options; nullptr for kIgnored. Errors say what is wrong with the value.
  base::Result<void> (*apply)(std::string_view value, Options& options);
};

[[nodiscard]] std::span<const Key> keys();
[[nodiscard]] const Key* find_key(std::string_view name);
/// The key most like `name` (by edit distance), for "did you mean".
[[nodiscard]] std::string_view nearest_key(std::string_view name);

}  // namespace mediad
