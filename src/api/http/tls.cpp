#include "api/http/tls.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr long days_valid = 730;

template <typename T, void (*free)(T*)>
struct Freed {
    void operator()(T* one) const { free(one); }
};
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
struct BioFreed {
    void operator()(BIO* one) const { BIO_free(one); }
};
using Memory = std::unique_ptr<BIO, BioFreed>;

std::string text_of(BIO* memory) {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

bool is_address(std::string_view name) {
    return name.find(':') != std::string_view::npos || name.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool add_extension(X509* certificate, int kind, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (!extension) return false;
    bool const added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

// Names end up in OpenSSL's own little language: only what a host name or address may hold goes in.
bool plain_name(std::string_view name) {
    return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") == std::string_view::npos;
}

}  // namespace

Status make_certificate(std::filesystem::path const& certificate_file, std::filesystem::path const& key_file,
                        std::vector<std::string> const& names) {
    Key const key(EVP_EC_gen("P-256"));
    Certificate const certificate(X509_new());
    if (!key || !certificate) return fail("http.certificate", certificate_file.string(), "no key could be made");
    std::string alternatives;
    for (auto const& name : names)
        if (plain_name(name)) alternatives += (alternatives.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
    auto* c = certificate.get();
    std::array<unsigned char, 16> serial{};
    RAND_bytes(serial.data(), serial.size());
    serial[0] &= 0x7f;
    auto* number = BN_bin2bn(serial.data(), serial.size(), nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(c));
    BN_free(number);
    X509_set_version(c, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(c), -3600);
    X509_gmtime_adj(X509_getm_notAfter(c), days_valid * 86'400);
    X509_set_pubkey(c, key.get());
    auto* subject = X509_get_subject_name(c);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<unsigned char const*>("Merlon"), -1, -1, 0);
    X509_set_issuer_name(c, subject);
    bool const made = add_extension(c, NID_basic_constraints, "critical,CA:FALSE") &&
                      add_extension(c, NID_key_usage, "critical,digitalSignature") &&
                      add_extension(c, NID_ext_key_usage, "serverAuth") &&
                      add_extension(c, NID_subject_alt_name, alternatives.empty() ? "DNS:localhost" : alternatives) &&
                      X509_sign(c, key.get(), EVP_sha256()) > 0;
    Memory const key_text(BIO_new(BIO_s_mem())), certificate_text(BIO_new(BIO_s_mem()));
    if (!made || PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
        PEM_write_bio_X509(certificate_text.get(), c) != 1)
        return fail("http.certificate", certificate_file.string(), "it could not be made");
    TRY(write_file_durably(key_file, text_of(key_text.get())));  // mode 0600
    return write_file_durably(certificate_file, text_of(certificate_text.get()));
}

Status check_key_mode(std::filesystem::path const& key) {
    struct stat about {};
    if (::stat(key.c_str(), &about) != 0) return fail("file.missing", key.string());
    if ((about.st_mode & 077) != 0) return fail("http.key_readable", key.string());
    return {};
}

Result<std::string> certificate_fingerprint(std::filesystem::path const& file) {
    auto const text = TRY(read_file(file, 1 << 20));
    Memory const memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    Certificate const certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1)
        return fail("http.certificate", file.string(), "it holds no certificate");
    std::string out;
    for (unsigned i = 0; i < size; ++i) out += (i > 0 ? ":" : "") + hex(std::span(&digest[i], 1));
    return out;
}

}  // namespace merlon::api
