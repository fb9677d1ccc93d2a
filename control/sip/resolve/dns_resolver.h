#pragma once
/// \file
/// The Resolver of the program: RFC 3263 with c-ares on the caller's event loop.

#include <memory>
#include <string>

#include "control/sip/resolve/locate.h"
#include "control/sip/resolve/resolver.h"
#include "mediad/base/result.h"

namespace boost::asio {
class io_context;
}

namespace control::sip {

/// Control thread only. Questions run into c-ares' own timeouts (5 s, 2 tries); hosts files and resolv.conf
/// are obeyed.
class DnsResolver final : public Resolver {
 public:
  /// `servers` as "192.0.2.53:53,[2001:db8::53]"; empty: those of the system.
  [[nodiscard]] static base::Result<std::unique_ptr<DnsResolver>> create(boost::asio::io_context& loop,
                                                                         const UsableTransports& usable,
                                                                         const std::string& servers = {});
  ~DnsResolver() override;

  void resolve(const std::string& uri, Done done) override;

 private:
  struct Impl;
  explicit DnsResolver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace control::sip
