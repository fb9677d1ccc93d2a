#pragma once
/// \file
/// What an operator may ask of the SIP side: users, numbers, trunks, routes, registrations, calls, ladders.

#include <string>
#include <string_view>
#include <vector>

#include "control/sip_service/sip_service.h"
#include "mediad/base/result.h"

namespace control {

inline constexpr std::string_view kSipUsage =
    R"(  user add NAME --password P [--display D] [--prefixes 00,01] [--max-calls N]
  user passwd NAME --password P | user del NAME | user list
  did add NUMBER user:NAME|group:NAME|trunk:NAME:NUMBER | did del NUMBER | did list
  ext add NUMBER TARGET | ext del NUMBER | ext list
  group add NAME --users a,b [--hunt yes] | group del NAME | group list
  trunk add NAME --uri sip:HOST [--from IP,IP] [--tls-name NAME] [--extensions yes]
        [--user U --password P [--realm R]] [--register yes] [--expires S] [--options S]
  trunk del NAME | trunk list
  route add PREFIX TRUNK [--priority N] [--weight N] [--strip N] [--prepend DIGITS]
  route del PREFIX | route list | route test NUMBER [--from USER | --trunk NAME]
  reg | sip-calls | trace CALL-ID
  cdr list [--since 2026-11-25T14:30|12h|7d] | cdr export [--since …] [--after NUMBER]
)";

/// Carries the command out; the text is for people. Changes hold from the next request on. Control thread.
[[nodiscard]] base::Result<std::string> run_sip_command(SipService& service,
                                                        const std::vector<std::string>& words,
                                                        base::Instant now);

}  // namespace control
