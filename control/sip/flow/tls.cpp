#include "control/sip/flow/tls.h"

#include <openssl/x509v3.h>

#include <memory>

#include "control/sip/flow/connection.h"

namespace control::sip {
namespace {

namespace ssl = boost::asio::ssl;

std::string dns_name_of(X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
            static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))};
  }
  return {};
}

}  // namespace

std::string verified_name(SSL* session) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(session),
                                                                X509_free);
  if (!certificate || SSL_get_verify_result(session) != X509_V_OK) return {};
  auto name = dns_name_of(certificate.get());
  if (!name.empty()) return name;
  char common[256] = {};
  const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName,
                                               common, sizeof common);
  return length > 0 ? std::string(common, static_cast<std::size_t>(length)) : std::string{};
}

base::Result<std::shared_ptr<TlsContext>> make_tls_context(const std::string& certificate_file,
                                                           const std::string& key_file,
                                                           const std::string& ca_file) {
  boost::system::error_code error;
  auto context = std::make_shared<TlsContext>(ssl::context::tls);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // 34 KB less per idle connection
  if (!certificate_file.empty()) {
    context->use_certificate_chain_file(certificate_file, error);
    if (error) return base::Error{"certificate " + certificate_file + ": " + error.message()};
    context->use_private_key_file(key_file, ssl::context::pem, error);
    if (error) return base::Error{"key " + key_file + ": " + error.message()};
  }
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_file, error);
    if (error) return base::Error{"ca file " + ca_file + ": " + error.message()};
    // Clients may show a certificate (trunks do); what they show must be good.
    context->set_verify_mode(ssl::verify_peer, error);
  }
  return context;
}

}  // namespace control::sip
