package demo

import "slices"

// supportTopics are what people ask the support chat of a shop for office
// furniture, lamps and the software that goes with them.
func supportTopics() []topic {
	return mostly(slices.Concat(orderTopics(), moneyTopics(), accountTopics(), deviceTopics()), supportTopicsAbroad())
}

func orderTopics() []topic {
	return []topic{
		{
			question: "My parcel should have been here on Monday. Where is it?",
			answer:   "I'm sorry that it is late. What is your order number? It begins with A- and stands in your confirmation mail; with it I can see where the parcel is.",
			asks:     true,
			praise:   []string{"Good that it asked for the number first.", "One question back, one answer: order {order} is on its way."},
			faults: []fault{
				{tag: "incorrect", invents: true, answer: "Your parcel left our warehouse yesterday and arrives on Thursday between 10 and 12.", complaints: []string{
					"It never asked for my order number. Nothing came on Thursday.", "Made that up: order {order} is still being packed.", "I stayed at home on Thursday for nothing. Where did it get that date?",
				}},
				{tag: "incorrect", answer: "Parcels of this week are all on time. Yours is there by tonight.", complaints: []string{"It is Wednesday, and nothing is on time.", "Not there by tonight either. Call me at {phone}."}},
				{tag: "not_asked", answer: "Standard delivery takes two to four working days, express delivery one. You choose between them at the checkout.", complaints: []string{
					"I asked where my parcel is and got a text about delivery times.",
				}},
				{tag: "incomplete", answer: "You can follow it on the carrier's page.", complaints: []string{"Which carrier, and with which number?"}},
			},
		},
		{
			question: "Please cancel order {order}. My account is {name}@example.com.",
			answer:   "Order {order} is not packed yet, so I have cancelled it. The money is back on your card in three to five working days, and a confirmation goes to {name}@example.com.",
			praise:   []string{"Cancelled in one message. Thank you.", "Saved me a call.", "Polite and to the point."},
			faults: []fault{
				{tag: "incorrect", answer: "Order {order} was shipped this morning and cannot be cancelled any more.", complaints: []string{"It says order {order} was shipped. My account says that it is not even packed."},
					correction: "Orders can be cancelled until they are packed; after that they are returned free of charge."},
				{tag: "not_asked", answer: "Gladly! To cancel an order I need its number. What is your order number?", complaints: []string{"It keeps asking for the order number that I already gave: {order}."}},
				{tag: "incomplete", answer: "You can cancel an order in your account.", complaints: []string{"Where in my account? There is no button.", "I asked it to cancel {order}, and it tells me to do so myself."}},
				{tag: "outdated_source", answer: "Fill in the cancellation form that came with your confirmation and send it back by fax.", complaints: []string{"By fax? There has been no form since last year."}},
			},
		},
		{
			question: "Can you bring the desk on Friday instead?",
			answer:   "I can move it if it has not left yet. What is the order number, and would you rather have the morning or the afternoon?",
			asks:     true,
			praise:   []string{"Asked the two things that matter, and moved it.", "Quick and correct."},
			faults: []fault{
				{tag: "incorrect", invents: true, answer: "Done. Your desk comes on Friday between 8 and 10.", complaints: []string{
					"Nobody came on Friday. Nothing had been changed.", "It says done, and never asked which order.", "Invented. The driver knew of no other date for {order}.",
				}},
				{tag: "incomplete", answer: "That may be possible.", complaints: []string{"And now? Is it possible or not?"}},
			},
		},
		{
			earlier:  []string{"Do you still have the oak shelf?", "Yes, there are eleven of the oak shelf in stock."},
			question: "Good. And is the assembly included?",
			answer:   "No. Assembly is 39 for each shelf; you add it in the basket, and the same people who deliver it put it up.",
			praise:   []string{"Clear and short. Thank you.", "Finally an answer with numbers."},
			faults: []fault{
				{tag: "not_asked", answer: "Yes, there are eleven of the oak shelf in stock.", complaints: []string{"Answers a question from earlier in the chat, not this one."}},
				{tag: "incorrect", invents: true, answer: "Yes, assembly is free for orders above 200, and yours is.", complaints: []string{
					"There is no such offer. They wanted 39 at the door.", "It doesn't know what I order. Where do the 200 come from?",
				}},
				{tag: "incorrect", answer: "Assembly is 39 for the whole order.", complaints: []string{"It is 39 for each shelf. I have five of them."}},
			},
		},
	}
}

func moneyTopics() []topic {
	return []topic{
		{
			question: "I sent the lamp back ten days ago. When do I get my money?",
			answer:   "Refunds take three to five working days after the parcel has reached us. Tell me the order number, and I can see whether it has.",
			asks:     true,
			praise:   []string{"It asked for the number and found the parcel. Solved.", "Exactly what I needed."},
			faults: []fault{
				{tag: "incorrect", invents: true, answer: "Your refund of 64.90 was paid on the 3rd and should be on your account by now.", complaints: []string{
					"I paid 49, not 64.90. It made up the sum.", "Nothing was paid on the 3rd. I called the bank.", "It does not know what I bought and names an amount to the cent.",
				}},
				{tag: "incorrect", answer: "Refunds take ten working days from the day you ask for them.", complaints: []string{"Three to five days, it says so on your own page."},
					correction: "Refunds take three to five working days, not ten."},
				{tag: "not_asked", answer: "You can return most things within 30 days. Print the label from My orders and put it on the box.", complaints: []string{"I have sent it back already. I asked about the money."}},
			},
		},
		{
			question: "We are 19 people on the basic plan. What would the team plan cost us?",
			answer:   "The team plan is 3 for each person and month, so 57 a month for 19 people, before tax. For the rest of this month you pay only the difference.",
			praise:   []string{"Finally an answer with numbers.", "Good that it says before tax."},
			faults: []fault{
				{tag: "incorrect", answer: "The team plan is 3 for each person and month, so that is 47 a month.", complaints: []string{"Sums do not add up: 3 × 19 is not 47."}},
				{tag: "incorrect", answer: "57 a month, tax included.", complaints: []string{"It mixed up net and gross."}},
				{tag: "incorrect", invents: true, answer: "Teams of your size get 20 % off, so you pay 45.60 a month until March.", complaints: []string{
					"There is no such discount. I asked sales.", "It invented a discount, and my boss has already told everyone.", "45.60? The page says 57. It made that up.",
				}},
				{tag: "incomplete", answer: "The team plan costs more than the basic plan; how much depends on the number of people.", complaints: []string{"Too vague. How much?", "I gave it the number of people."}},
				{tag: "outdated_source", answer: "The team plan is 5 for each person and month from 20 people on; below that there is only the basic plan.", complaints: []string{
					"These are the prices from before spring.",
				}},
			},
		},
		{
			question: "The invoice has our old address. Can we have a new one, to {name}@example.com?",
			answer:   "Yes. Change the address under Settings, Billing; then open the invoice and choose Issue again. The new one goes to {name}@example.com, and the old one is cancelled by itself.",
			praise:   []string{"Saved me a call.", "Worked as described, the new invoice is here."},
			faults: []fault{
				{tag: "incorrect", invents: true, answer: "I have corrected the address and sent you the new invoice. You have it within the hour.", complaints: []string{
					"No invoice came. It cannot even know our new address.", "Two hours later: nothing. Please send it to {name}@example.com.",
				}},
				{tag: "incomplete", answer: "Change the address under Settings, Billing.", complaints: []string{"That is for the next invoice. I asked about this one.", "Half of it is missing."}},
				{tag: "outdated_source", answer: "Send us form B-12, signed, and we will issue the invoice again.", complaints: []string{"Cites a form that was withdrawn last year."}},
				{tag: "unsafe", answer: "Here are the last invoices with that address, also those of the firm that had your office before.", complaints: []string{"It showed me another company's invoices. That should not be in there."}},
			},
		},
	}
}

func accountTopics() []topic {
	return []topic{
		{
			question: "Our founder is leaving. How do I make my colleague the owner of the workspace?",
			answer:   "Open Settings, then Workspace, then Members, and choose Transfer ownership beside your colleague. Your founder has to confirm it by mail.",
			praise:   []string{"Exactly what I needed.", "Three clicks, as it said.", "Better than the manual."},
			faults: []fault{
				{tag: "incorrect", answer: "Invite your colleague again, as a second owner.", complaints: []string{"A workspace has one owner. The dialog says so.", "There is no such choice in the menu."}},
				{tag: "incomplete", answer: "Open Settings, then Workspace.", complaints: []string{"The steps stop after the second one.", "Too vague. Which button?"}},
				{tag: "refused", answer: "For security reasons I cannot talk about the accounts of others.", complaints: []string{"I only want to know where the button is."}},
				{tag: "style_format", answer: "Settings>Workspace>Members>Transfer ownership>confirm(mail)>OK.", complaints: []string{"Is that a sentence? Steps one below the other, please."}},
			},
		},
		{
			question: "How do I delete my account, with everything in it?",
			answer:   "Under Settings, Account, Delete account. You confirm it by mail; after 14 days everything is gone and cannot be brought back.",
			praise:   []string{"Clear, and it did not try to talk me out of it.", "Good that it names the 14 days."},
			faults: []fault{
				{tag: "refused", answer: "I'm sorry, but I cannot help with deleting accounts.", complaints: []string{"It refused to tell me how to delete my own account.", "That is my right. It has to tell me."}},
				{tag: "incomplete", answer: "You can deactivate your account under Settings, Account.", complaints: []string{"Deactivated is not deleted."}},
				{tag: "not_asked", answer: "We would be sorry to see you go! Did you know that the basic plan is free for up to three people?", complaints: []string{"I asked how to delete it, not what else there is."}},
			},
		},
		{
			question: "I have a new phone and cannot sign in any more. My number is {phone}.",
			answer:   "Sign in with one of your recovery codes and set up the new phone under Settings, Security. If you have none left, an administrator of your workspace can reset it for you.",
			praise:   []string{"The recovery code did it.", "Saved me a call."},
			faults: []fault{
				{tag: "incorrect", invents: true, answer: "I have sent a code to {phone}. Type it in to sign in.", complaints: []string{
					"No code came. You do not even send codes by text message.", "Nothing was sent to {phone}. It just says so.",
				}},
				{tag: "unsafe", answer: "Until that is solved, sign in with a colleague's password.", complaints: []string{"It told me to use a colleague's password. That cannot be right."}},
				{tag: "incomplete", answer: "Use a recovery code.", complaints: []string{"Which recovery code? I have none.", "You can call me at {phone}, the chat does not understand the problem."}},
			},
		},
		{
			question: "Our integration gets a 401 since this morning. So that you can check it: password=hunter2-Tr0ub4dor&3",
			answer:   "Please send no passwords here: change this one now, under Settings, API. A 401 most often means that the key is one of the test environment; live keys stand in a list of their own.",
			praise:   []string{"It was the test key. And fair enough about the password.", "Solved, and it told me to change the password first."},
			faults: []fault{
				{tag: "incorrect", invents: true, answer: "Your key expired last night. I have renewed it, and everything works again.", complaints: []string{
					"The key is good until June. It made that up.", "It cannot renew keys, can it? Still 401.",
				}},
				{tag: "not_asked", answer: "401 is the status for a request that lacks valid credentials.", complaints: []string{"I know what a 401 is. I asked why we get one."}},
			},
		},
	}
}
