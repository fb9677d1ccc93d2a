#pragma once
/// \file
/// Datagrams in, datagrams out: cookie, cache, parse, serve, print. No socket in here.

#include <string>
#include <string_view>
#include <unordered_set>

#include "control/call_service.h"
#include "control/ng/cookie_cache.h"
#include "control/ng/report.h"
#include "control/ng/request.h"
#include "mediad/base/log.h"

namespace control::ng {

/// Control thread only.
class FrontEnd {
 public:
  /// `started` is what the uptime counts from.
  FrontEnd(CallService& service, ToWall to_wall, base::Instant started);

  /// The reply to `datagram` from `host`; nullptr if it is none that could be answered. The same cookie from
  /// the same host gets the same reply again, without a second effect. Valid until the next call.
  [[nodiscard]] const std::string* handle(std::string_view datagram, const base::IpAddress& host,
                                          base::Instant now);

 private:
  [[nodiscard]] std::string serve(std::string_view cookie, std::string_view body, base::Instant now);
  [[nodiscard]] Value::Dictionary dispatch(const NgRequest& request, base::Instant now);
  [[nodiscard]] Value::Dictionary offer_answer(const NgRequest& request, base::Instant now);
  [[nodiscard]] Value::Dictionary remove(const NgRequest& request, base::Instant now);
  [[nodiscard]] Value::Dictionary query(const NgRequest& request);
  [[nodiscard]] Value::Dictionary list(const NgRequest& request) const;
  void log_unknown(const NgRequest& request);

  CallService& service_;
  ToWall to_wall_;
  base::Instant started_;
  CookieCache cache_;
  std::unordered_set<std::string> known_unknowns_;  ///< flags that the log has named already
  base::LogLimiter bad_input_{1, 5};
};

}  // namespace control::ng
