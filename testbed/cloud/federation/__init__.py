"""Sign-in by others: identity providers by e-mail domain, and what they alone open.

broker       SuperID as their relying party: who goes where, who came back, who still may
party        one relying party and one provider (authlib's client)
profiles     what is known of each provider: host, paths, names of its controls
authority    a provider (authlib's server): Microsoft-like, its ADFS hop, Google-like
accounts     who has an account at a provider, and the second factor
pages        their sign-in pages
outsider     the custom provider: a process of its own that runs an independent library
sharepoint   documents for those whom the Microsoft-like provider vouches for
"""
