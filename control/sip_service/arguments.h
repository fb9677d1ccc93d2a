#pragma once
/// \file
/// The words of an operator's command: positions and --name=value or --name value options.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/result.h"

namespace control {

/// A value; any thread.
class Arguments {
 public:
  /// `options` are the names that may be given. Errors: an unknown name, a name without its value.
  [[nodiscard]] static base::Result<Arguments> parse(const std::vector<std::string>& words,
                                                     const std::vector<std::string_view>& options);

  /// The position from 0; empty if there are fewer.
  [[nodiscard]] std::string at(std::size_t index) const {
    return index < positions_.size() ? positions_[index] : std::string{};
  }
  [[nodiscard]] std::size_t count() const { return positions_.size(); }
  [[nodiscard]] bool has(std::string_view name) const { return options_.find(name) != options_.end(); }
  [[nodiscard]] std::string value(std::string_view name, std::string otherwise = {}) const;
  [[nodiscard]] base::Result<std::uint32_t> number(std::string_view name, std::uint32_t otherwise) const;
  /// Parts between commas.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;

 private:
  std::vector<std::string> positions_;
  std::map<std::string, std::string, std::less<>> options_;
};

}  // namespace control
