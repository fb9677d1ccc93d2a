#pragma once
/// \file
/// Numbers, groups, trunks and routes in SQLite.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "control/auth/auth_gate.h"
#include "control/routing/routing_table.h"
#include "control/routing/trunk_login.h"
#include "mediad/base/result.h"

struct sqlite3;

namespace control {

/// A trunk with how it is known when it calls us.
struct TrunkEntry {
  Trunk trunk;
  TrunkIdentity identity;
};

/// Everything that routing and the gate are made of.
struct RoutingData {
  RoutingTable table;
  std::vector<TrunkIdentity> identities;
  std::vector<TrunkLogin> logins;
};

/// Control thread, or any one thread.
class SqliteRouting {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<SqliteRouting>> open(const std::string& file);
  ~SqliteRouting();

  /// Everything but the domains. Rows that make no sense are left out.
  [[nodiscard]] RoutingData load() const;

  /// Kind of number: what carriers dial, or what users dial.
  enum class Numbers { kDid, kExtension };
  base::Result<void> put_number(Numbers kind, std::string_view number, const NumberTarget& target);
  base::Result<void> put_group(std::string_view name, const RingGroup& group);
  base::Result<void> put_trunk(const TrunkEntry& entry);
  /// What we are there. With a realm the password is hashed here and forgotten.
  base::Result<void> put_login(TrunkLogin login);
  /// One trunk of the route with this prefix; the others stay.
  base::Result<void> put_route(std::string_view prefix, const TrunkRoute::Choice& choice, std::size_t strip,
                               std::string_view prepend);
  /// False if there is none of this name.
  base::Result<bool> remove_number(Numbers kind, std::string_view number);
  base::Result<bool> remove_group(std::string_view name);
  base::Result<bool> remove_trunk(std::string_view name);
  base::Result<bool> remove_route(std::string_view prefix);

 private:
  explicit SqliteRouting(sqlite3* database) : database_(database) {}
  template <typename... Values>
  base::Result<void> write(std::string_view sql, const Values&... values);
  base::Result<bool> erase(std::string_view sql, std::string_view key);

  sqlite3* database_;
};

}  // namespace control
