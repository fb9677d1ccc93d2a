#pragma once
/// \file
/// Reads an rtpengine.conf style file: `[section]`, `key = value`, `#` or `;` comment lines. Our own because
/// an operator must be told the line of every mistake, and no packaged reader keeps the lines.

#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/result.h"

namespace mediad {

struct IniEntry {
  std::string section;
  std::string key;
  std::string value;  ///< surrounding blanks removed, otherwise as written; empty for a bare key
  int line{0};        ///< from 1
};

inline constexpr std::size_t kMaxIniSize = 1 << 20;  ///< a configuration beyond 1 MiB is a mistake

/// Any thread. Errors: the first line that is neither section, entry, comment nor blank, with its number.
[[nodiscard]] base::Result<std::vector<IniEntry>> parse_ini(std::string_view text);

}  // namespace mediad
