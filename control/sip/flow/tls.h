#pragma once
/// \file
/// What the TLS and WSS connections share. Internal to flow/.

#include <boost/asio/ssl.hpp>
#include <string>

namespace control::sip {

/// The first DNS name of the certificate that the peer has shown and that has been verified, its common name
/// if it has none (RFC 5922 §7.1); empty without a certificate.
[[nodiscard]] std::string verified_name(SSL* session);

}  // namespace control::sip
