#pragma once
/// \file
/// Where bindings outlive a restart.

#include <memory>
#include <string>
#include <vector>

#include "control/registrar/binding.h"
#include "mediad/base/result.h"

struct sqlite3;

namespace control {

/// A change to one user's bindings: all that the user has now; none deletes the user's rows.
struct BindingChange {
  std::string user;
  std::vector<Binding> bindings;
};

/// Control thread, or any one thread.
class BindingStore {
 public:
  virtual ~BindingStore() = default;
  /// Writes the changes in one transaction. `wall` is the wall-clock time of the instant `now`: only it means
  /// something after a restart.
  virtual base::Result<void> save(const std::vector<BindingChange>& changes, base::Instant now,
                                  base::WallTime wall) = 0;
  /// What has not expired. Connections did not survive: their flow_is_alive is false.
  virtual base::Result<std::vector<Binding>> load(base::Instant now, base::WallTime wall) = 0;
};

/// SQLite in write-ahead mode; a crash of the machine may lose the last seconds, which the phones' refreshes
/// bring back.
class SqliteBindingStore final : public BindingStore {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<SqliteBindingStore>> open(const std::string& file);
  ~SqliteBindingStore() override;

  base::Result<void> save(const std::vector<BindingChange>& changes, base::Instant now,
                          base::WallTime wall) override;
  base::Result<std::vector<Binding>> load(base::Instant now, base::WallTime wall) override;

 private:
  explicit SqliteBindingStore(sqlite3* database) : database_(database) {}
  sqlite3* database_;
};

}  // namespace control
