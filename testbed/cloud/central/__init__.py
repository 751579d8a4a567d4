"""Central Services and those beside them: business cards, devices and messages, the push services, crash reports.

cards     Central Services: a photo of a business card in, its fields out
devices   who registered which phone for which messages
push      the services of Apple's and Google's style, which only send; a phone keeps a connection to them
crashes   the crash sink, in App Center's wire format
"""
